// The ClickFunnels simulator with one registered application, for tests of the adapters that talk to it.

import { providerProfile } from '#adapters/clickfunnels/profiles.ts'
import { codeChallenge } from '#domain/hash.ts'
import type { ClientCredentials } from '#domain/provider/authorization-server.ts'
import type { ProviderProfile } from '#domain/provider/profile.ts'
import { Secret } from '#domain/secret.ts'
import { startClickFunnels } from '../../infra/local/clickfunnels/simulator.ts'

export const REDIRECT_URI = 'https://connect.example.com/v1/callback/app_1'
/** Characters that client_secret_basic would mangle, and that a form has to encode. */
const CLIENT_SECRET = 'client-secret_1 +%&=ü'
const VERIFIER = 'a-code-verifier-of-at-least-forty-three-characters'

export const CLIENT: ClientCredentials = { clientId: 'client-1', clientSecret: new Secret(CLIENT_SECRET) }

export interface TokenRow {
  readonly access_token: string
  readonly refresh_token: string | null
  readonly state: string
}

export interface RecordedRequest {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
}

/** @param now the simulator's clock, in epoch milliseconds */
export async function startProvider(now: () => number = Date.now) {
  const simulator = await startClickFunnels({ port: 0, now })
  const control = async (method: string, path: string, body?: object) => {
    const url = `${simulator.url}/_control/${path}`
    const answer = await fetch(url, { method, ...(body && { body: JSON.stringify(body) }) })
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
    return answer.status === 204 ? undefined : await answer.json()
  }
  return {
    url: simulator.url,
    close: simulator.close,
    profile: profileAt(simulator.url, simulator.workspaceHosts),
    control,
    /** Begins anew, with one application. */
    async reset(application: object = {}) {
      await control('POST', 'reset')
      const client = {
        client_id: CLIENT.clientId,
        client_secret: CLIENT_SECRET,
        redirect_uris: [REDIRECT_URI],
      }
      await control('POST', 'applications', { ...client, tokens: 'rotating', ...application })
    },
    fault: (path: string, fault: object, when: 'before' | 'after' = 'before') =>
      control('POST', 'faults', { path, when, fault }),
    /** A fault that affects every request for so long. */
    faultFor: (seconds: number, path: string, fault: object) =>
      control('POST', 'faults', { path, seconds, fault }),
    tokens: async () => ((await control('GET', 'tokens')) as { tokens: TokenRow[] }).tokens,
    requests: async (path: string) =>
      ((await control('GET', `requests?path=${path}`)) as { requests: RecordedRequest[] }).requests,
    /** An end user approves; gives what the code is exchanged with. */
    async approve() {
      const body = new URLSearchParams({
        client_id: CLIENT.clientId,
        redirect_uri: REDIRECT_URI,
        response_type: 'code',
        grant_type: 'authorization_code',
        new_installation: 'true',
        code_challenge: codeChallenge(VERIFIER),
        code_challenge_method: 'S256',
        decision: 'authorize',
        workspace_id: '20417',
      })
      const url = `${simulator.url}/oauth/authorize`
      const headers = { 'user-agent': 'browser' }
      const answer = await fetch(url, { method: 'POST', headers, body, redirect: 'manual' })
      const code = new URL(answer.headers.get('location') ?? '').searchParams.get('code') ?? ''
      return { code: new Secret(code), codeVerifier: new Secret(VERIFIER), redirectUri: REDIRECT_URI }
    },
  }
}

export type SimulatedProvider = Awaited<ReturnType<typeof startProvider>>

export function profileAt(url: string, workspaceHosts: readonly string[] = []): ProviderProfile {
  return providerProfile({
    CLICKFUNNELS_PROFILE: 'custom',
    CLICKFUNNELS_ACCOUNTS_URL: url,
    CLICKFUNNELS_API_URL: '',
    CLICKFUNNELS_WORKSPACE_HOSTS: workspaceHosts.join(','),
  })
}
