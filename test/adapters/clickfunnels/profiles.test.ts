// The provider profiles, as the settings of a deployment choose them.
import { describe, expect, test } from 'vitest'
import { type ProviderSettings, providerProfile } from '#adapters/clickfunnels/profiles.ts'

const custom = (more: Partial<ProviderSettings>) =>
  providerProfile({
    CLICKFUNNELS_PROFILE: 'custom',
    CLICKFUNNELS_ACCOUNTS_URL: 'http://127.0.0.1:4610',
    CLICKFUNNELS_API_URL: '',
    CLICKFUNNELS_WORKSPACE_HOSTS: '',
    ...more,
  })

describe('"custom"', () => {
  test('has everything on the accounts host by default', () => {
    expect(custom({})).toEqual({
      issuer: 'http://127.0.0.1:4610',
      authorizationEndpoint: 'http://127.0.0.1:4610/oauth/authorize',
      tokenEndpoint: 'http://127.0.0.1:4610/oauth/token',
      revocationEndpoint: 'http://127.0.0.1:4610/oauth/revoke',
      authorizationParameters: { grant_type: 'authorization_code', new_installation: 'true' },
      accountsApi: 'http://127.0.0.1:4610/api/v2',
      funnelsPath: 'workspaces/{workspace_id}/funnels',
      workspaceHosts: ['127.0.0.1:4610'],
      fallbackWorkspaceHost: '127.0.0.1:4610',
    })
  })

  test('uses the origin of the accounts URL, whatever follows', () => {
    const profile = custom({ CLICKFUNNELS_ACCOUNTS_URL: 'https://Staging.example:443/login/?x' })
    expect([profile.issuer, profile.accountsApi, profile.fallbackWorkspaceHost]).toEqual([
      'https://staging.example',
      'https://staging.example/api/v2',
      'staging.example',
    ])
  })

  test('needs an accounts URL', () => {
    expect(() => custom({ CLICKFUNNELS_ACCOUNTS_URL: '' })).toThrow(/CLICKFUNNELS_ACCOUNTS_URL/)
    expect(() => custom({ CLICKFUNNELS_ACCOUNTS_URL: 'staging' })).toThrow()
  })

  test.each([
    'http://accounts.example',
    'http://127.0.0.1.evil.example',
    'http://localhost.evil.example',
    'http://10.0.0.1',
    'ftp://accounts.example',
    'https://user@accounts.example',
  ])('refuses %s, where tokens could be read or go astray', (url) => {
    expect(() => custom({ CLICKFUNNELS_ACCOUNTS_URL: url })).toThrow(/https URL/)
    expect(() => custom({ CLICKFUNNELS_API_URL: url })).toThrow(/https URL/)
    expect(() => custom({ CLICKFUNNELS_API_URL: `${url}/{subdomain}` })).toThrow(/https URL/)
  })

  test('refuses plain http to any workspace', () => {
    expect(() => custom({ CLICKFUNNELS_API_URL: 'http://{subdomain}.api.example' })).toThrow(/https URL/)
    expect(() => custom({ CLICKFUNNELS_API_URL: 'http://{subdomain}' })).toThrow(/https URL/)
  })

  test.each([
    ['https://api.example', 'https://api.example/api/v2'],
    ['https://api.example/', 'https://api.example/api/v2'],
    ['https://api.example/api/v2', 'https://api.example/api/v2'],
    ['https://api.example/api/v2//', 'https://api.example/api/v2'],
    ['https://{subdomain}.api.example', 'https://{subdomain}.api.example/api/v2'],
  ])('turns the API URL %s into the base %s', (url, base) => {
    expect(custom({ CLICKFUNNELS_API_URL: url }).fixedApi).toBe(base)
  })

  test.each<[string, string[]]>([
    ['*.cf.example', ['*.cf.example']],
    [' a.example , 127.0.0.2:80 ,, ', ['a.example', '127.0.0.2:80']],
    [' , ', ['127.0.0.1:4610']],
  ])('reads the allowed hosts "%s"', (hosts, expected) => {
    expect(custom({ CLICKFUNNELS_WORKSPACE_HOSTS: hosts }).workspaceHosts).toEqual(expected)
  })
})

test.each(['clickfunnels', 'seed'] as const)('"%s" ignores the other settings', (profile) => {
  const settings = {
    CLICKFUNNELS_ACCOUNTS_URL: 'https://evil.example',
    CLICKFUNNELS_API_URL: 'https://evil.example',
  }
  const chosen = custom({ CLICKFUNNELS_PROFILE: profile, ...settings, CLICKFUNNELS_WORKSPACE_HOSTS: '*' })
  expect(chosen).toEqual(custom({ CLICKFUNNELS_PROFILE: profile }))
  expect(JSON.stringify(chosen)).not.toContain('evil')
})

test('only "seed" has no revocation endpoint, and none sends a browser or a token over plain http', () => {
  const profiles = (['clickfunnels', 'seed'] as const).map((name) => custom({ CLICKFUNNELS_PROFILE: name }))
  expect(profiles.map(({ revocationEndpoint }) => revocationEndpoint)).toEqual([
    'https://accounts.myclickfunnels.com/oauth/revoke',
    undefined,
  ])
  expect(JSON.stringify(profiles)).not.toContain('http:')
})
