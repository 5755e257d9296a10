// The back ends of README.md and docs/integrate.md, as they are printed, with a person at a browser.
import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { scratchFolder } from '../support/scratch.ts'
import { startTestStack, type TestStack } from '../support/stack.ts'
import { guides } from './pages.ts'

let stack: TestStack
beforeAll(async () => {
  stack = await startTestStack()
})
afterAll(() => stack?.close())

async function drive(name: string): Promise<unknown> {
  const tenant = await stack.createTenant()
  if (name === 'webhook-receiver.ts') await stack.connect(tenant)
  const folder = scratchFolder()
  const file = guides.flatMap(({ blocks }) => blocks).find(({ directive }) => directive?.text === name)
  writeFileSync(join(folder, name), file?.text ?? '')
  const env = {
    ...{ GIVEN: '{}', FUNNEL_CONNECT_URL: stack.url, FUNNEL_CONNECT_KEY: tenant.apiKey },
    RETURN_URL: tenant.returnUrl,
    WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, 1).toString('base64')}`,
    ERRORS_EXPECTED: '1',
  }
  const driver = join(import.meta.dirname, 'integration.ts')
  const given = join(import.meta.dirname, 'given.mjs')
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', given, driver, join(folder, name)],
    { env },
  )
  return JSON.parse(stdout)
}

test('the back end connects a user, refuses another one, and lists all funnels', async () => {
  expect(await drive('back-end.ts')).toEqual({
    stranger: 'end_user_mismatch',
    connected: 'active',
    denied: 'access_denied',
    funnels: 57,
  })
}, 60_000)

test("the app's back end hears of the connection by asking", async () => {
  expect(await drive('app-back-end.ts')).toEqual({
    before: { waiting: true },
    after: { waiting: false, connection_id: expect.stringMatching(/^conn_/) },
  })
}, 60_000)

test('the receiver believes what the command line posts from the log, and nothing else', async () => {
  expect(await drive('webhook-receiver.ts')).toEqual({ statuses: [204, 400], stranger: 400 })
}, 60_000)

test('the five lines of the README connect a user and list all funnels', async () => {
  expect(await drive('clickfunnels.ts')).toEqual({ connected: 'active', funnels: 57 })
}, 60_000)
