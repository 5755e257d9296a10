// POST /oauth/token (RFC 6749 section 5) and POST /oauth/revoke (RFC 7009), with Doorkeeper's order of checks and its error
// bodies.
import { workspaceExtras } from './account.ts'
import { type Application, authenticateClient, type ClientAuthentication } from './applications.ts'
import { verifierFits } from './authorization-codes.ts'
import type { Workspace } from './data.ts'
import { json, type Reply, readBody, type SimulatorRequest, text } from './http.ts'
import { findWorkspace, type ProviderState } from './provider-state.ts'
import { refused } from './refusals.ts'
import type { AccessTokenRow } from './tokens.ts'

type Parameters = Readonly<Record<string, unknown>>

/** Answers POST /oauth/token. */
export function tokenReply(state: ProviderState, request: SimulatorRequest): Reply {
  const parameters = readBody(request)
  if (parameters === undefined) return refused('invalid_request')
  const grantType = text(parameters, 'grant_type')
  if (grantType === undefined) return missing('grant_type')
  if (grantType !== 'authorization_code' && grantType !== 'refresh_token') {
    return refused('unsupported_grant_type')
  }
  const client = authenticateClient(state.applications, request, parameters)
  if (client.kind === 'multiple') return multipleMethods()
  return grantType === 'authorization_code'
    ? exchangeCode(state, client, parameters)
    : refresh(state, client, parameters)
}

/** Answers POST /oauth/revoke: 200 also for an unknown token, 403 for a token of another client. */
export function revocationReply(state: ProviderState, request: SimulatorRequest): Reply {
  const parameters = readBody(request) ?? {}
  const token = text(parameters, 'token') ?? ''
  const row = state.tokens.findByAccessToken(token) ?? state.tokens.findByRefreshToken(token)
  if (row === undefined) return json(200, {})
  const client = authenticateClient(state.applications, request, parameters)
  if (client.kind === 'multiple') return multipleMethods()
  if (client.kind !== 'authenticated' || client.application.client_id !== row.clientId) {
    return json(403, {
      error: 'unauthorized_client',
      error_description: 'You are not authorized to revoke this token',
    })
  }
  if (state.tokens.state(row) === 'live' || client.application.revokes_expired) state.tokens.revoke(row)
  return json(200, {})
}

function exchangeCode(state: ProviderState, client: ClientAuthentication, parameters: Parameters): Reply {
  const grant = state.codes.find(text(parameters, 'code') ?? '')
  const verifier = text(parameters, 'code_verifier')
  const redirectUri = text(parameters, 'redirect_uri')
  if (grant?.codeChallenge !== undefined && verifier === undefined) return missing('code_verifier')
  if (redirectUri === undefined) return missing('redirect_uri')
  if (client.kind !== 'authenticated') return refused('invalid_client')
  const { application } = client
  if (
    grant === undefined ||
    grant.clientId !== application.client_id ||
    !state.codes.accessible(grant) ||
    grant.redirectUri !== redirectUri ||
    !verifierFits(grant, verifier)
  ) {
    return refused('invalid_grant')
  }
  state.codes.redeem(grant)
  const row = state.tokens.issue({
    clientId: application.client_id,
    workspaceId: grant.workspaceId,
    scope: grant.scope,
    mode: application.tokens,
    lifetimeSeconds: application.lifetime,
  })
  return granted(state, application, row)
}

// The token is checked before the client. So missing credentials and a token of another client both end in
// invalid_grant. Only wrong credentials end in invalid_client.
function refresh(state: ProviderState, client: ClientAuthentication, parameters: Parameters): Reply {
  const refreshToken = text(parameters, 'refresh_token')
  if (refreshToken === undefined) return missing('refresh_token')
  const parent = state.tokens.refreshable(refreshToken)
  if (parent === undefined) return refused('invalid_grant')
  if (client.kind === 'failed') return refused('invalid_client')
  if (client.kind !== 'authenticated' || client.application.client_id !== parent.clientId) {
    return refused('invalid_grant')
  }
  const scope = text(parameters, 'scope') ?? parent.scope
  const known = parent.scope.split(' ')
  if (!scope.split(' ').every((word) => known.includes(word))) return refused('invalid_scope')
  const row = state.tokens.refresh(parent, client.application.tokens, scope)
  return granted(state, client.application, row)
}

function granted(state: ProviderState, application: Application, row: AccessTokenRow): Reply {
  return json(
    200,
    {
      access_token: row.accessToken,
      token_type: 'Bearer',
      // ClickFunnels sends it for tokens that never expire, too. A client must not believe it.
      expires_in: row.lifetimeSeconds ?? application.lifetime,
      ...(row.refreshToken === undefined ? {} : { refresh_token: row.refreshToken }),
      scope: row.scope,
      created_at: Math.floor(row.createdAt / 1000),
      ...(application.extras ? workspaceExtras(state, findWorkspace(row.workspaceId) as Workspace) : {}),
    },
    { 'cache-control': 'no-store, no-cache', pragma: 'no-cache' },
  )
}

function missing(name: string): Reply {
  return refused('invalid_request', `Missing required parameter: ${name}.`)
}

function multipleMethods(): Reply {
  return refused(
    'invalid_request',
    'The request utilizes more than one mechanism for authenticating the client.',
  )
}
