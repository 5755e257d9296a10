// Where ClickFunnels is and what it expects: a provider profile, and which host may be sent a token.
// Profiles are deployment configuration; nothing of them ever comes from a request.

import type { WorkspaceId } from '../ids.ts'
import { isLoopback, webUrl } from '../tenants/web-url.ts'
import type { Workspace } from './workspace.ts'

export interface ProviderProfile {
  /** Issuer identifier of the authorization server (RFC 8414): its origin. */
  readonly issuer: string
  readonly authorizationEndpoint: string
  readonly tokenEndpoint: string
  /** Absent where the provider has none: then disconnecting only forgets the tokens. */
  readonly revocationEndpoint?: string
  /** Parameters of the authorization request beyond RFC 6749's and PKCE's. */
  readonly authorizationParameters: Readonly<Record<string, string>>
  /** Base URL of account-level API paths, without a trailing slash. */
  readonly accountsApi: string
  /** Base URL of the other paths where the workspace does not decide it. */
  readonly fixedApi?: string
  /** Which hosts a workspace may have: `host`, `host:port` or `*.domain` (one label). */
  readonly workspaceHosts: readonly string[]
  /** The host of a workspace whose own is not told. */
  readonly fallbackWorkspaceHost?: string
  /** The path that lists a workspace's funnels, `{workspace_id}` to be filled in. */
  readonly funnelsPath: string
}

const API_PATH = '/api/v2'

/** Whether the allow-list covers a host (as in `URL.host`). An entry without a port covers every port of a loopback host. */
export function isWorkspaceHost(profile: ProviderProfile, host: string): boolean {
  const hostname = host.replace(/:\d+$/, '')
  return profile.workspaceHosts.some((entry) => {
    if (entry.startsWith('*.')) {
      const label = host.endsWith(entry.slice(1)) ? host.slice(0, -entry.length + 1) : ''
      return /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(label)
    }
    return host === entry || (hostname === entry && isLoopback(new URL(`http://${host}`)))
  })
}

/**
 * The host in a `workspace_url` of the provider's, or `undefined` where a token must not be sent: only https (http on
 * loopback), an allowed host, no user info, path, query or fragment.
 */
export function workspaceHostOf(profile: ProviderProfile, workspaceUrl: string): string | undefined {
  const url = webUrl(workspaceUrl)
  if (url === undefined || url.pathname !== '/' || url.search !== '') return undefined
  return isWorkspaceHost(profile, url.host) ? url.host : undefined
}

/** The subdomain of a workspace's host, where it has one. */
export function subdomainOf(host: string | undefined): string | undefined {
  if (host === undefined || isLoopback(new URL(`http://${host}`))) return undefined
  return host.split('.')[0]
}

/** Paths that ClickFunnels serves on the accounts host; everything else is a workspace's. */
export function isAccountLevel(segments: readonly string[]): boolean {
  const [first] = segments
  if (first === 'me' || first === 'teams' || first === 'users') return true
  // A slash at the end is an empty segment and names the same thing.
  return first === 'workspaces' && segments.filter((segment) => segment !== '').length <= 2
}

/**
 * The base URL for an API path of a connection.
 * @returns `undefined` when the workspace's host is not known or no longer allowed
 */
export function apiBase(
  profile: ProviderProfile,
  workspace: Workspace,
  segments: readonly string[],
): string | undefined {
  if (isAccountLevel(segments)) return profile.accountsApi
  if (profile.fixedApi?.includes('{subdomain}') === true) {
    const subdomain = subdomainOf(workspace.host)
    return subdomain && profile.fixedApi.replaceAll('{subdomain}', subdomain)
  }
  if (profile.fixedApi !== undefined) return profile.fixedApi
  const host = workspace.host ?? profile.fallbackWorkspaceHost
  // The accounts host is configured, not told by anybody.
  if (host === undefined || (host !== profile.fallbackWorkspaceHost && !isWorkspaceHost(profile, host)))
    return undefined
  const scheme = isLoopback(new URL(`http://${host}`)) ? 'http' : 'https'
  return `${scheme}://${host}${API_PATH}`
}

/** The segments of the path that lists the connection's funnels; `undefined` when it needs a workspace id and none is known. */
export function funnelsPath(
  profile: ProviderProfile,
  workspaceId: WorkspaceId | undefined,
): string[] | undefined {
  const segments = profile.funnelsPath.split('/')
  if (workspaceId === undefined) return segments.includes('{workspace_id}') ? undefined : segments
  return segments.map((segment) => (segment === '{workspace_id}' ? workspaceId : segment))
}
