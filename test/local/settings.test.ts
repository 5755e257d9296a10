// The variables of `npm start`: their defaults, the template's parameters for them, and invalid values.
import { expect, test } from 'vitest'
import { readSettings, templateParameters, usesSimulator } from '../../infra/local/settings.ts'
import { explainTakenPort } from '../../infra/local/taken-ports.ts'

const simulator = { url: 'http://127.0.0.1:4601', workspaceHosts: ['127.0.0.1:4603', '127.0.0.1:4604'] }

function parametersFor(variables: Record<string, string>) {
  const { provider } = readSettings(variables)
  return templateParameters(provider, usesSimulator(provider) ? simulator : undefined)
}

test('with nothing set, everything is on 4600 and after, at the simulator, in memory', () => {
  const settings = readSettings({})
  expect(settings.ports).toEqual({ api: 4600, simulator: 4601, demo: 4602, workspaces: 4603 })
  expect(settings.dataDir).toBeUndefined()
  expect(parametersFor({})).toEqual({
    ClickFunnelsProfile: 'custom',
    ClickFunnelsAccountsUrl: 'http://127.0.0.1:4601',
    ClickFunnelsApiUrl: '',
    ClickFunnelsWorkspaceHosts: '127.0.0.1:4603,127.0.0.1:4604',
  })
})

test('an export is off unless it is asked for', () => {
  expect(readSettings({}).sealedExport).toBe('off')
  expect(readSettings({ SEALED_EXPORT: 'on' }).sealedExport).toBe('on')
  expect(() => readSettings({ SEALED_EXPORT: 'yes' })).toThrow(
    'SEALED_EXPORT must be off, on or the thumbprint',
  )
})

test('with a provider of your own, its host is the only one allowed unless you say more', () => {
  const CLICKFUNNELS_ACCOUNTS_URL = 'http://127.0.0.1:9000'
  expect(parametersFor({ CLICKFUNNELS_ACCOUNTS_URL })).toEqual({
    ClickFunnelsProfile: 'custom',
    ClickFunnelsAccountsUrl: CLICKFUNNELS_ACCOUNTS_URL,
    ClickFunnelsApiUrl: '',
    ClickFunnelsWorkspaceHosts: '127.0.0.1:9000',
  })
  const CLICKFUNNELS_API_URL = 'https://{subdomain}.staging.example/api/v2'
  const given = {
    CLICKFUNNELS_ACCOUNTS_URL,
    CLICKFUNNELS_API_URL,
    CLICKFUNNELS_WORKSPACE_HOSTS: '*.staging.example',
  }
  expect(parametersFor(given)).toMatchObject({
    ClickFunnelsApiUrl: CLICKFUNNELS_API_URL,
    ClickFunnelsWorkspaceHosts: '*.staging.example',
  })
})

test.each(['clickfunnels', 'seed'])('the profile "%s" needs no more and has no simulator', (profile) => {
  expect(usesSimulator(readSettings({ CLICKFUNNELS_PROFILE: profile }).provider)).toBe(false)
  expect(parametersFor({ CLICKFUNNELS_PROFILE: profile })).toMatchObject({
    ClickFunnelsProfile: profile,
    ClickFunnelsAccountsUrl: '',
  })
})

test.each([
  [{ PORT: 'x' }, 'PORT must be a number from 0 to 65530, not "x"'],
  [{ PORT: '65531' }, 'PORT must be a number from 0 to 65530'],
  [{ CLICKFUNNELS_PROFILE: 'classic' }, 'CLICKFUNNELS_PROFILE must be one of clickfunnels, seed, custom'],
  [
    { CLICKFUNNELS_ACCOUNTS_URL: 'accounts.example' },
    'CLICKFUNNELS_ACCOUNTS_URL must be an https URL (http on loopback only)',
  ],
  [
    { CLICKFUNNELS_API_URL: 'http://{subdomain}.example' },
    'CLICKFUNNELS_API_URL must be an https URL (http on loopback only)',
  ],
])('%j is refused by name', (variables, message) => {
  expect(() => readSettings(variables)).toThrow(message)
})

test.each([
  [4600, 'Port 4600 (PORT, for the API) is taken. Set PORT to another one: PORT=4700 npm start'],
  [4601, 'Port 4601 (PORT + 1, for the ClickFunnels simulator) is taken.'],
  [4602, 'Port 4602 (PORT + 2, for the demo page) is taken.'],
  [4604, 'Port 4604 (PORT + 4, for the simulator\'s workspace "Brightwater Events") is taken.'],
])('a taken port %d is explained', (port, message) => {
  const error = Object.assign(new Error('listen EADDRINUSE'), { code: 'EADDRINUSE', port })
  expect(explainTakenPort(error, readSettings({}))).toContain(message)
})

test('other failures are not taken for a taken port', () => {
  expect(explainTakenPort(new Error('no'), readSettings({}))).toBeUndefined()
})

test.each([
  [[], undefined],
  [['--dev'], {}],
  [['--dev', '--inspect'], { inspectPort: 9229 }],
  [['--dev', '--inspect=9300'], { inspectPort: 9300 }],
])('with the options %j it runs sources: %j', (options, sources) => {
  expect(readSettings({}, options).sources).toEqual(sources)
})

test.each([
  [['--inspect'], 'npm start runs bundles. To debug the sources: npm run dev -- --inspect'],
  [['--dev', '--inspect=here'], 'There is no option "--inspect=here"'],
  [['--verbose'], 'There is no option "--verbose"'],
])('the options %j are refused: %s', (options, words) => {
  expect(() => readSettings({}, options)).toThrow(words)
})
