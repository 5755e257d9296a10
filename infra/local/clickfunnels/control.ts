// /_control on the accounts host: what a test or the local stack may set up, break and inspect. It does not exist at
// ClickFunnels and answers JSON. Its requests are not recorded, and faults do not affect them.
import type { Application, ApplicationChanges } from './applications.ts'
import {
  booleanMember,
  type ControlBody,
  choiceMember,
  controlBody,
  InvalidControlRequest,
  integerMember,
  required,
  stringMember,
  stringsMember,
} from './control-body.ts'
import { readFaultOrder } from './control-faults.ts'
import { webhookControl } from './control-webhooks.ts'
import { json, noContent, type Reply, type SimulatorRequest } from './http.ts'
import type { ProviderState } from './provider-state.ts'
import type { AccessTokenRow } from './tokens.ts'

const APPLICATION_MEMBERS = [
  'client_secret',
  'client_secrets',
  'name',
  'logo',
  'redirect_uris',
  'tokens',
  'lifetime',
  'extras',
  'revokes_expired',
]

export function controlReply(state: ProviderState, request: SimulatorRequest): Reply {
  try {
    return route(state, request)
  } catch (error) {
    if (error instanceof InvalidControlRequest) return json(400, { error: error.message })
    throw error
  }
}

function route(state: ProviderState, request: SimulatorRequest): Reply {
  const path = request.pathname.slice('/_control'.length)
  const changed = /^\/applications\/([^/]+)$/.exec(path)?.[1]
  if (request.method === 'PATCH' && changed !== undefined) return change(state, request, changed)
  const ofWebhooks = webhookControl(state, request, path)
  if (ofWebhooks !== undefined) return ofWebhooks
  switch (`${request.method} ${path}`) {
    case 'POST /applications':
      return register(state, request)
    case 'GET /tokens':
      return tokens(state)
    case 'POST /tokens':
      return issue(state, request)
    case 'POST /tokens/expire':
      return kill(state, request, 'live', (row) => state.tokens.expire(row))
    case 'POST /tokens/revoke':
      return kill(state, request, 'any', (row) => state.tokens.revoke(row))
    case 'PUT /issuer':
      state.issuer = issuer(request)
      return noContent()
    case 'POST /faults':
      return json(201, { id: state.faults.add(readFaultOrder(request)) })
    case 'DELETE /faults':
      state.faults.clear()
      return noContent()
    case 'GET /requests': {
      const wanted = new URLSearchParams(request.query).get('path') ?? undefined
      return json(200, { requests: state.requests.list(wanted) })
    }
    case 'DELETE /requests':
      state.requests.clear()
      return noContent()
    case 'POST /reset':
      state.reset()
      return noContent()
    default:
      return json(404, { error: `no such control: ${request.method} ${request.pathname}` })
  }
}

/** The defaults are ClickFunnels' behaviour: no `iss`, and no promise of one. */
function issuer(request: SimulatorRequest): ProviderState['issuer'] {
  const body = controlBody(request, ['promised', 'sent'])
  return {
    promised: booleanMember(body, 'promised') ?? false,
    sent: booleanMember(body, 'sent') ?? false,
  }
}

function register(state: ProviderState, request: SimulatorRequest): Reply {
  const body = controlBody(request, ['client_id', ...APPLICATION_MEMBERS])
  required(stringsMember(body, 'redirect_uris'), 'redirect_uris')
  const application = state.applications.register(stringMember(body, 'client_id'), changes(body))
  return json(201, shown(application))
}

function change(state: ProviderState, request: SimulatorRequest, clientId: string): Reply {
  const body = controlBody(request, APPLICATION_MEMBERS)
  const application = state.applications.change(decodeURIComponent(clientId), changes(body))
  return application === undefined
    ? json(404, { error: `no application "${clientId}"` })
    : json(200, shown(application))
}

function changes(body: ControlBody): ApplicationChanges {
  const secret = stringMember(body, 'client_secret')
  const all = {
    client_secrets: stringsMember(body, 'client_secrets') ?? (secret === undefined ? undefined : [secret]),
    name: stringMember(body, 'name'),
    logo: logoMember(body),
    redirect_uris: stringsMember(body, 'redirect_uris'),
    tokens: choiceMember(body, 'tokens', ['non_expiring', 'rotating', 'strict'] as const),
    lifetime: integerMember(body, 'lifetime'),
    extras: booleanMember(body, 'extras'),
    revokes_expired: booleanMember(body, 'revokes_expired'),
  }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
}

/** An image in the page itself, because the simulator's pages load nothing. */
function logoMember(body: ControlBody): string | undefined {
  const logo = stringMember(body, 'logo')
  if (logo === undefined || /^data:image\/(png|jpeg);base64,[A-Za-z0-9+/]{1,65536}={0,2}$/.test(logo))
    return logo
  throw new InvalidControlRequest('"logo" must be a PNG or JPEG as a data URL')
}

function shown(application: Application): Record<string, unknown> {
  return { ...application, client_secret: application.client_secrets[0] }
}

function tokens(state: ProviderState): Reply {
  const rows = state.tokens.all()
  const granted = (type: AccessTokenRow['grantType']) => rows.filter((row) => row.grantType === type).length
  return json(200, {
    tokens: rows.map((row) => ({
      id: row.id,
      client_id: row.clientId,
      workspace_id: row.workspaceId,
      scope: row.scope,
      access_token: row.accessToken,
      refresh_token: row.refreshToken ?? null,
      grant_type: row.grantType,
      parent: row.parentId ?? null,
      state: state.tokens.state(row),
      used: row.presented,
      created_at: row.createdAt,
      expires_at: row.expiresAt ?? null,
    })),
    grants: {
      authorization_code: granted('authorization_code'),
      refresh_token: granted('refresh_token'),
    },
  })
}

/** Issues tokens as if `count` end users had approved, for tests and benchmarks that need thousands. */
function issue(state: ProviderState, request: SimulatorRequest): Reply {
  const body = controlBody(request, ['client_id', 'workspace_id', 'count'])
  const clientId = required(stringMember(body, 'client_id'), 'client_id')
  const application = state.applications.find(clientId)
  if (application === undefined) return json(404, { error: `no application "${clientId}"` })
  const workspaceId = required(integerMember(body, 'workspace_id'), 'workspace_id')
  const { tokens: mode, lifetime: lifetimeSeconds } = application
  const rows = Array.from({ length: integerMember(body, 'count') ?? 1 }, () =>
    state.tokens.issue({ clientId, workspaceId, scope: 'admin read', mode, lifetimeSeconds }),
  )
  return json(201, {
    tokens: rows.map(({ accessToken, refreshToken }) => ({
      access_token: accessToken,
      refresh_token: refreshToken ?? null,
    })),
  })
}

function kill(
  state: ProviderState,
  request: SimulatorRequest,
  which: 'live' | 'any',
  end: (row: AccessTokenRow) => void,
): Reply {
  const body = controlBody(request, ['access_token', 'workspace_id', 'client_id'])
  const accessToken = stringMember(body, 'access_token')
  const workspaceId = integerMember(body, 'workspace_id')
  const clientId = stringMember(body, 'client_id')
  const rows = state.tokens.all().filter((row) => {
    const current = state.tokens.state(row)
    return (
      (which === 'live' ? current === 'live' : current !== 'revoked') &&
      (accessToken === undefined || row.accessToken === accessToken) &&
      (workspaceId === undefined || row.workspaceId === workspaceId) &&
      (clientId === undefined || row.clientId === clientId)
    )
  })
  rows.forEach(end)
  return json(200, { count: rows.length })
}
