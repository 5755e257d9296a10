// The part of OAuth that the browser sees: the authorization endpoint and the answer to the consent form; and the discovery
// document. token-endpoint.ts has the token and revocation endpoints.
import {
  AUTHORIZATION_PARAMETERS,
  type AuthorizationRequest,
  checkAuthorizationRequest,
  SCOPES,
} from './authorization-request.ts'
import { consentPage, errorPage, loginPage } from './consent-page.ts'
import { WORKSPACES } from './data.ts'
import { html, json, type Reply, readBody, type SimulatorRequest, text } from './http.ts'
import { mustLogIn } from './login.ts'
import { findWorkspace, type ProviderState, teamOf } from './provider-state.ts'

/** Answers GET /.well-known/oauth-authorization-server. */
export function discoveryDocument({ accountsOrigin: issuer, issuer: { promised } }: ProviderState): Reply {
  const authentication = ['none', 'client_secret_post', 'client_secret_basic']
  return json(200, {
    issuer,
    authorization_endpoint: `${issuer}/oauth/authorize`,
    token_endpoint: `${issuer}/oauth/token`,
    registration_endpoint: `${issuer}/oauth/register`,
    revocation_endpoint: `${issuer}/oauth/revoke`,
    scopes_supported: SCOPES,
    response_types_supported: ['code'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: authentication,
    revocation_endpoint_auth_methods_supported: authentication,
    resource_indicators_supported: true,
    ...(promised && { authorization_response_iss_parameter_supported: true }),
  })
}

/** Answers GET /oauth/authorize: the consent page, the login before it, or what is wrong with the request. */
export function authorizationReply(state: ProviderState, request: SimulatorRequest): Reply {
  const parameters = Object.fromEntries(new URLSearchParams(request.query))
  const checked = checkAuthorizationRequest(state.applications, parameters)
  if (checked.kind === 'invalid') {
    return html(checked.status, errorPage(checked.error, checked.description))
  }
  const { application } = checked.request
  if (mustLogIn(request)) return html(200, loginPage(application, request.query))
  const carried = AUTHORIZATION_PARAMETERS.flatMap((parameter) => {
    const value = parameters[parameter]
    return value === undefined ? [] : [{ name: parameter, value }]
  })
  const workspaces = WORKSPACES.map((workspace) => ({
    id: workspace.id,
    name: workspace.name,
    subdomain: workspace.subdomain,
    teamName: teamOf(workspace).name,
  }))
  return html(200, consentPage(application, checked.request.scope, carried, workspaces))
}

/** Answers POST /oauth/authorize: the user pressed one of the two buttons. It checks all of the form again. */
export function decisionReply(state: ProviderState, request: SimulatorRequest): Reply {
  const parameters = readBody(request) ?? {}
  const checked = checkAuthorizationRequest(state.applications, parameters)
  if (checked.kind === 'invalid') {
    return html(checked.status, errorPage(checked.error, checked.description))
  }
  const decision = text(parameters, 'decision')
  if (decision === 'deny') {
    return redirect(state, checked.request, {
      error: 'access_denied',
      error_description: 'The resource owner or authorization server denied the request.',
    })
  }
  const workspace = findWorkspace(Number(text(parameters, 'workspace_id')))
  if (decision !== 'authorize' || workspace === undefined) {
    return html(400, errorPage('invalid_request', 'Choose a workspace, then press "Authorize" or "Cancel".'))
  }
  const { code } = state.codes.issue({
    clientId: checked.request.application.client_id,
    redirectUri: checked.request.redirectUri,
    scope: checked.request.scope,
    workspaceId: workspace.id,
    codeChallenge: checked.request.codeChallenge,
  })
  return redirect(state, checked.request, { code })
}

function redirect(
  { accountsOrigin, issuer }: ProviderState,
  request: AuthorizationRequest,
  members: Readonly<Record<string, string>>,
): Reply {
  const all = {
    ...members,
    ...(request.state !== undefined && { state: request.state }),
    ...(issuer.sent && { iss: accountsOrigin }),
  }
  const query = Object.entries(all).map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
  const join = request.redirectUri.includes('?') ? '&' : '?'
  const location = `${request.redirectUri}${join}${query.join('&')}`
  return { status: 302, headers: { location, 'cache-control': 'no-store' }, body: '' }
}
