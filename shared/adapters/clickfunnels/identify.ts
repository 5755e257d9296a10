// Asks ClickFunnels which workspace an access token is for: `GET /me`, and `GET /workspaces` where a host does not have `/me`, which
// ClickFunnels added in 2026. A token reaches one workspace; of a list with several, none is chosen.
import { isWorkspaceHost, type ProviderProfile } from '#domain/provider/profile.ts'
import { retryAfterSeconds } from '#domain/provider/retry-after.ts'
import { IDENTIFY_SECONDS, type TokenIdentity } from '#domain/provider/token-identity.ts'
import type { Workspace } from '#domain/provider/workspace.ts'
import type { Secret } from '#domain/secret.ts'
import { epochSeconds } from '#domain/time.ts'
import type { OutgoingResponse } from '../outgoing/answer-reader.ts'
import { sendRequest } from '../outgoing/client.ts'
import { OutgoingError } from '../outgoing/error.ts'
import { workspaceFrom } from './workspace.ts'

export async function identifyToken(profile: ProviderProfile, accessToken: Secret): Promise<TokenIdentity> {
  const until = performance.now() + IDENTIFY_SECONDS * 1000
  const ask = (path: string) =>
    sendRequest({
      method: 'GET',
      url: `${profile.accountsApi}/${path}`,
      headers: [
        ['accept', 'application/json'],
        ['authorization', `Bearer ${accessToken.reveal()}`],
      ],
      deadlineMilliseconds: Math.max(1, until - performance.now()),
    })
  try {
    const me = await ask('me')
    if (me.status !== 404)
      return read(me, (json) => workspaceFrom(profile, isObject(json) && json.connected_workspace))
    return read(await ask('workspaces'), (json) => onlyWorkspace(profile, json))
  } catch (error) {
    if (error instanceof OutgoingError) return { outcome: 'unclear', detail: error.message }
    throw error
  }
}

function read(answer: OutgoingResponse, workspaceIn: (json: unknown) => Workspace): TokenIdentity {
  const { status, headers, body } = answer
  if (status === 401) return { outcome: 'rejected' }
  if (status === 429) {
    const header = headers.find(([name]) => name === 'retry-after')?.[1]
    const seconds = retryAfterSeconds(header, epochSeconds(Date.now() / 1000))
    return { outcome: 'limited', ...(seconds !== undefined && { retryAfterSeconds: seconds }) }
  }
  if (status !== 200) return { outcome: 'unclear', detail: `status ${status}` }
  try {
    return { outcome: 'alive', workspace: workspaceIn(JSON.parse(Buffer.from(body).toString())) }
  } catch {
    return { outcome: 'unclear', detail: 'the answer is not JSON' }
  }
}

/** The list names a workspace by other members than `/me` does, and its host by the subdomain. */
function onlyWorkspace(profile: ProviderProfile, json: unknown): Workspace {
  const [only, ...others] = Array.isArray(json) ? json : []
  if (!isObject(only) || others.length > 0) return {}
  const { id, name, team_id } = only
  const named = workspaceFrom(profile, { workspace_id: id, workspace_name: name, team_id })
  const host = hostOf(profile, only.subdomain)
  return { ...named, ...(host !== undefined && { host }) }
}

function hostOf({ workspaceHosts, ...profile }: ProviderProfile, subdomain: unknown): string | undefined {
  const domain = workspaceHosts.find((entry) => entry.startsWith('*.'))?.slice(1)
  if (domain === undefined || typeof subdomain !== 'string') return undefined
  const host = `${subdomain.toLowerCase()}${domain}`
  return isWorkspaceHost({ workspaceHosts, ...profile }, host) ? host : undefined
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
