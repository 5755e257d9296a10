// /api/v2: which paths exist on which host, and which tokens may call them. Account paths are on the accounts host,
// workspace data is on the workspace's own host.
import { connectedWorkspace, platformUser } from './account.ts'
import { listReply } from './collections.ts'
import type { Workspace } from './data.ts'
import { json, noContent, type Reply, readBody, type SimulatorRequest } from './http.ts'
import { findWorkspace, type ProviderState, teamOf } from './provider-state.ts'
import { unauthorized } from './refusals.ts'
import type { Resources, Written } from './resources.ts'
import type { AccessTokenRow } from './tokens.ts'
import { webhookReply } from './webhook-api.ts'

export function apiReply(state: ProviderState, request: SimulatorRequest): Reply {
  const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1]
  const row = bearer === undefined ? undefined : state.tokens.present(bearer)
  if (row === undefined) return unauthorized('is invalid', 'API key missing or invalid')
  const tokenState = state.tokens.state(row)
  if (tokenState === 'expired') return unauthorized('expired', 'Invalid token or no user signed in')
  if (tokenState === 'revoked') return unauthorized('was revoked', 'Invalid token or no user signed in')

  const workspace = findWorkspace(row.workspaceId) as Workspace
  const path = request.pathname.slice('/api/v2/'.length).split('/').map(decoded)
  if (request.origin === state.accountsOrigin) return accountReply(state, request, path, row, workspace)
  // A token of another workspace gets 404, not 401. Doorkeeper has one table of tokens for all hosts, so the token
  // itself is valid, and records are looked up among those that the robot user may see.
  if (state.workspaceServedAt(request.origin) !== workspace) return notFound()
  return workspaceReply(state, request, path, workspace)
}

function accountReply(
  state: ProviderState,
  request: SimulatorRequest,
  path: readonly string[],
  row: AccessTokenRow,
  workspace: Workspace,
): Reply {
  if (request.method !== 'GET') return notFound()
  const team = teamOf(workspace)
  const user = platformUser(state, row, workspace)
  const [resource, id, nested, ...more] = path
  if (more.length > 0) return notFound()
  // A token belongs to one workspace, so it can list only its team, its workspace and its robot user.
  if (id === undefined) {
    if (resource === 'me') {
      return json(200, { ...user, connected_workspace: connectedWorkspace(state, workspace) })
    }
    if (resource === 'teams') return listReply(request, [{ ...team }])
    if (resource === 'users') return listReply(request, [user])
    if (resource === 'workspaces') return listReply(request, [{ ...workspace }])
    return notFound()
  }
  if (resource === 'teams' && nested === 'workspaces' && names(team, id)) {
    return listReply(request, [{ ...workspace }])
  }
  if (nested !== undefined) return notFound()
  if (resource === 'teams' && names(team, id)) return json(200, team)
  if (resource === 'users' && names(user, id)) return json(200, user)
  if (resource === 'workspaces' && names(workspace, id)) return json(200, workspace)
  return notFound()
}

function workspaceReply(
  state: ProviderState,
  request: SimulatorRequest,
  path: readonly string[],
  workspace: Workspace,
): Reply {
  const isNested = path[0] === 'workspaces' && names(workspace, path[1] ?? '')
  const ofWebhooks = webhookReply(state, request, isNested ? path.slice(2) : path, workspace, isNested)
  if (ofWebhooks !== undefined) return ofWebhooks
  const [first, id = '', nested, ...more] = path
  if (more.length > 0) return notFound()
  if (first === 'workspaces' && names(workspace, id)) {
    if (nested === 'funnels') return collection(request, state.funnels, workspace, ['id', 'name'])
    if (nested === 'contacts') return collection(request, state.contacts, workspace, ['id', 'email_address'])
  }
  if (nested !== undefined) return notFound()
  if (first === 'funnels') return member(request, state.funnels, workspace, id, false)
  if (first === 'contacts') return member(request, state.contacts, workspace, id, true)
  return notFound()
}

function collection(
  request: SimulatorRequest,
  resources: Resources,
  workspace: Workspace,
  filterable: readonly string[],
): Reply {
  if (request.method === 'GET') return listReply(request, resources.of(workspace.id), filterable)
  if (request.method !== 'POST') return notFound()
  return written(resources.create(workspace.id, readJsonBody(request)), 201)
}

function member(
  request: SimulatorRequest,
  resources: Resources,
  workspace: Workspace,
  id: string,
  removable: boolean,
): Reply {
  const record = resources.find(workspace.id, id)
  if (record === undefined) return notFound()
  if (request.method === 'GET') return json(200, record)
  if (request.method === 'PUT' || request.method === 'PATCH') {
    return written(resources.change(record, readJsonBody(request)), 200)
  }
  if (request.method !== 'DELETE' || !removable) return notFound()
  resources.remove(record)
  return noContent()
}

function written(result: Written, status: number): Reply {
  return result.kind === 'written'
    ? json(status, result.record)
    : json(result.status, { error: result.error })
}

// JSON only: a form body leaves the parameters empty.
function readJsonBody(request: SimulatorRequest): Record<string, unknown> | undefined {
  return /^application\/json\b/i.test(request.headers['content-type'] ?? '') ? readBody(request) : {}
}

function notFound(): Reply {
  return json(404, { error: 'Not found: Record missing' })
}

function names(record: { readonly id: number; readonly public_id: string }, id: string): boolean {
  return String(record.id) === id || record.public_id === id
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
