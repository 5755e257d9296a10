// The provider profile: where ClickFunnels is, what it expects, and which hosts may be sent a token. A profile is part of
// the deployment's configuration. No part of it comes from a request.

import type { WorkspaceId } from '../ids.ts'
import { isLoopback, webUrl } from '../tenants/web-url.ts'
import type { Workspace } from './workspace.ts'

export interface ProviderProfile {
  /** Issuer identifier of the authorization server (RFC 8414): its origin. */
  readonly issuer: string
  readonly authorizationEndpoint: string
  readonly tokenEndpoint: string
  /** Absent if the provider has none. Then disconnecting deletes the tokens without revoking them. */
  readonly revocationEndpoint?: string
  /** Parameters of the authorization request beyond RFC 6749's and PKCE's. */
  readonly authorizationParameters: Readonly<Record<string, string>>
  /** Base URL of account-level API paths, without a trailing slash. */
  readonly accountsApi: string
  /** Base URL of the other API paths, if they are not on the workspace's host. May contain `{subdomain}`. */
  readonly fixedApi?: string
  /** Which hosts a workspace may have: `host`, `host:port` or `*.domain` (one label). */
  readonly workspaceHosts: readonly string[]
  /** The host to call for a workspace whose own host is not known. */
  readonly fallbackWorkspaceHost?: string
  /** The path that lists a workspace's funnels. `{workspace_id}` is replaced by the workspace's id. */
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
 * The host in a `workspace_url` that the provider sent. `undefined` if no token may be sent there. The URL must be https
 * (http on loopback) with an allowed host, and without user info, path, query and fragment.
 */
export function workspaceHostOf(profile: ProviderProfile, workspaceUrl: string): string | undefined {
  const url = webUrl(workspaceUrl)
  if (url === undefined || url.pathname !== '/' || url.search !== '') return undefined
  return isWorkspaceHost(profile, url.host) ? url.host : undefined
}

/** The subdomain of a workspace's host, if it has one. */
export function subdomainOf(host: string | undefined): string | undefined {
  if (host === undefined || isLoopback(new URL(`http://${host}`))) return undefined
  return host.split('.')[0]
}

/** Whether ClickFunnels serves a path on the accounts host. It serves all others on the workspace's host. */
export function isAccountLevel(segments: readonly string[]): boolean {
  const [first] = segments
  if (first === 'me' || first === 'teams' || first === 'users') return true
  // A slash at the end is an empty segment and names the same resource.
  return first === 'workspaces' && segments.filter((segment) => segment !== '').length <= 2
}

/**
 * The base URL for an API path of a connection.
 * @returns `undefined` if the workspace's host is not known or no longer allowed
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
  // The fallback host is configured, so it needs no check.
  if (host === undefined || (host !== profile.fallbackWorkspaceHost && !isWorkspaceHost(profile, host)))
    return undefined
  const scheme = isLoopback(new URL(`http://${host}`)) ? 'http' : 'https'
  return `${scheme}://${host}${API_PATH}`
}

/** The segments of the path that lists a workspace's funnels. `undefined` if it needs a workspace id and none is known. */
export function funnelsPath(
  profile: ProviderProfile,
  workspaceId: WorkspaceId | undefined,
): string[] | undefined {
  const segments = profile.funnelsPath.split('/')
  if (workspaceId === undefined) return segments.includes('{workspace_id}') ? undefined : segments
  return segments.map((segment) => (segment === '{workspace_id}' ? workspaceId : segment))
}
