// Which base URL a path of the API has, and where the funnels are.
import { describe, expect, test } from 'vitest'
import type { WorkspaceId } from '#domain/ids.ts'
import {
  apiBase,
  funnelsPath,
  isAccountLevel,
  type ProviderProfile,
  subdomainOf,
} from '#domain/provider/profile.ts'
import { CLICKFUNNELS } from '../../fakes.ts'

const ACCOUNTS = 'https://accounts.myclickfunnels.com/api/v2'
const withHosts = (...workspaceHosts: readonly string[]): ProviderProfile => ({
  ...CLICKFUNNELS,
  workspaceHosts,
})

describe('a path', () => {
  test.each<[string, boolean]>([
    ['me', true],
    ['me/', true],
    ['teams/7/x', true],
    ['users', true],
    ['workspaces', true],
    ['workspaces/', true],
    ['workspaces/7', true],
    ['workspaces/7/', true],
    ['workspaces/7/funnels', false],
    ['meat', false],
    ['funnels/me', false],
    ['contacts/1', false],
  ])('"%s" is the account\'s: %s', (path, account) => {
    expect(isAccountLevel(path.split('/'))).toBe(account)
    const base = apiBase(CLICKFUNNELS, { host: 'acme.myclickfunnels.com' }, path.split('/'))
    expect(base).toBe(account ? ACCOUNTS : 'https://acme.myclickfunnels.com/api/v2')
  })

  test('of a workspace has no base when the host is unknown or no longer allowed', () => {
    expect(apiBase(CLICKFUNNELS, {}, ['funnels'])).toBeUndefined()
    expect(apiBase(CLICKFUNNELS, { host: 'acme.other.example' }, ['funnels'])).toBeUndefined()
    expect(apiBase(withHosts(), { host: 'acme.myclickfunnels.com' }, ['funnels'])).toBeUndefined()
    expect(apiBase(withHosts(), { host: 'acme.myclickfunnels.com' }, ['me'])).toBe(ACCOUNTS)
  })

  test('goes to the fixed API where there is one, with the subdomain put in', () => {
    const fixed = (fixedApi: string) => ({ ...CLICKFUNNELS, fixedApi })
    const workspace = { host: 'acme.myclickfunnels.com' }
    expect(apiBase(fixed('https://api.example'), {}, ['funnels'])).toBe('https://api.example')
    const perWorkspace = fixed('https://{subdomain}.api.example')
    expect(apiBase(perWorkspace, workspace, ['funnels'])).toBe('https://acme.api.example')
    expect(apiBase(perWorkspace, {}, ['funnels'])).toBeUndefined()
  })

  test("goes to the accounts host of a provider that tells no workspace's host", () => {
    const oneHost = { ...withHosts(), fallbackWorkspaceHost: 'cf.example' }
    expect(apiBase(oneHost, {}, ['funnels'])).toBe('https://cf.example/api/v2')
    expect(apiBase({ ...oneHost, fallbackWorkspaceHost: '127.0.0.1:4610' }, {}, ['funnels'])).toBe(
      'http://127.0.0.1:4610/api/v2',
    )
  })
})

test('the path of the funnels has the workspace in one segment, whatever its id holds', () => {
  const path = (id: string) => funnelsPath(CLICKFUNNELS, id as WorkspaceId)
  expect(path('7')).toEqual(['workspaces', '7', 'funnels'])
  expect(path('7/x')).toEqual(['workspaces', '7/x', 'funnels'])
  expect(path('$&')).toEqual(['workspaces', '$&', 'funnels'])
  expect(funnelsPath(CLICKFUNNELS, undefined)).toBeUndefined()
  expect(funnelsPath({ ...CLICKFUNNELS, funnelsPath: 'funnels' }, undefined)).toEqual(['funnels'])
})

test('a loopback host has no subdomain', () => {
  expect(subdomainOf('acme.myclickfunnels.com')).toBe('acme')
  expect(subdomainOf('127.0.0.2:4610')).toBeUndefined()
  expect(subdomainOf(undefined)).toBeUndefined()
})
