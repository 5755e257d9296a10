// The provider profiles: ClickFunnels' URLs. The deployment configuration chooses one.
import type { ProviderProfile } from '#domain/provider/profile.ts'
import { webUrl } from '#domain/tenants/web-url.ts'

export interface ProviderSettings {
  readonly CLICKFUNNELS_PROFILE: 'clickfunnels' | 'seed' | 'custom'
  /** For "custom": origin of the accounts host. */
  readonly CLICKFUNNELS_ACCOUNTS_URL: string
  /** For "custom": base URL of the API, which may contain `{subdomain}`; empty: the workspace's own host. */
  readonly CLICKFUNNELS_API_URL: string
  /** For "custom": the hosts that a workspace may have, separated by commas; empty: the accounts host. */
  readonly CLICKFUNNELS_WORKSPACE_HOSTS: string
}

/** ClickFunnels requires these beyond RFC 6749. Without `new_installation` it shows no workspace picker. */
const CLICKFUNNELS_PARAMETERS = { grant_type: 'authorization_code', new_installation: 'true' }
const FUNNELS_PATH = 'workspaces/{workspace_id}/funnels'

/** @throws Error when "custom" lacks an accounts URL, or one of its URLs is plain http to another machine */
export function providerProfile(settings: ProviderSettings): ProviderProfile {
  switch (settings.CLICKFUNNELS_PROFILE) {
    case 'clickfunnels':
      return {
        ...accountsAt('https://accounts.myclickfunnels.com'),
        workspaceHosts: ['*.myclickfunnels.com'],
      }
    // The URLs that this project was first asked for. ClickFunnels does not serve them today.
    case 'seed':
      return {
        issuer: 'https://app.clickfunnels.com',
        authorizationEndpoint: 'https://app.clickfunnels.com/oauth/authorize',
        tokenEndpoint: 'https://app.clickfunnels.com/oauth/token',
        authorizationParameters: {},
        accountsApi: 'https://api.clickfunnels.com/api/v2',
        fixedApi: 'https://api.clickfunnels.com/api/v2',
        workspaceHosts: [],
        funnelsPath: 'funnels',
      }
    case 'custom':
      return custom(settings)
  }
}

function custom(settings: ProviderSettings): ProviderProfile {
  if (settings.CLICKFUNNELS_ACCOUNTS_URL === '') {
    throw new Error('The provider profile "custom" needs CLICKFUNNELS_ACCOUNTS_URL')
  }
  const { origin, host } = secureUrl('CLICKFUNNELS_ACCOUNTS_URL', settings.CLICKFUNNELS_ACCOUNTS_URL)
  const hosts = settings.CLICKFUNNELS_WORKSPACE_HOSTS.split(',').map((entry) => entry.trim())
  const fixedApi = settings.CLICKFUNNELS_API_URL.replace(/\/+$/, '')
  // The placeholder stands for one label of a host name.
  if (fixedApi !== '') secureUrl('CLICKFUNNELS_API_URL', fixedApi.replaceAll('{subdomain}', 'subdomain'))
  return {
    ...accountsAt(origin),
    ...(fixedApi !== '' && { fixedApi: /\/api\/v2$/.test(fixedApi) ? fixedApi : `${fixedApi}/api/v2` }),
    workspaceHosts: hosts.some((entry) => entry !== '') ? hosts.filter((entry) => entry !== '') : [host],
    // A provider that names no workspace URL serves everything on one host.
    fallbackWorkspaceHost: host,
  }
}

/** Tokens and client secrets are sent there, so plain http is for loopback only. */
function secureUrl(name: string, text: string): URL {
  const url = webUrl(text)
  if (url !== undefined) return url
  throw new Error(`${name} has to be an https URL (http on loopback only), not "${text}"`)
}

function accountsAt(origin: string): Omit<ProviderProfile, 'workspaceHosts'> {
  return {
    issuer: origin,
    authorizationEndpoint: `${origin}/oauth/authorize`,
    tokenEndpoint: `${origin}/oauth/token`,
    revocationEndpoint: `${origin}/oauth/revoke`,
    authorizationParameters: CLICKFUNNELS_PARAMETERS,
    accountsApi: `${origin}/api/v2`,
    funnelsPath: FUNNELS_PATH,
  }
}
