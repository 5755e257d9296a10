// Checks authorization requests: which parameters ClickFunnels' guide demands, and what is wrong with a request. Errors are
// shown to the user and never redirected. That is Doorkeeper's default (`redirect_on_errors` is off), and for client and
// redirect URI also RFC 6749 section 4.1.2.1.
import type { Application, Applications } from './applications.ts'
import { text } from './http.ts'

export const SCOPES = ['admin', 'read', 'write', 'delete', 'mcp']
const DEFAULT_SCOPE = 'admin read'

/** The parameters that the consent form sends on in its POST. Others, such as `resource`, are dropped. */
export const AUTHORIZATION_PARAMETERS = [
  'client_id',
  'redirect_uri',
  'response_type',
  'grant_type',
  'new_installation',
  'scope',
  'state',
  'code_challenge',
  'code_challenge_method',
] as const

export interface AuthorizationRequest {
  readonly application: Application
  readonly redirectUri: string
  readonly scope: string
  readonly state: string | undefined
  readonly codeChallenge: string | undefined
}

export type CheckedRequest =
  | { readonly kind: 'valid'; readonly request: AuthorizationRequest }
  | {
      readonly kind: 'invalid'
      readonly status: number
      readonly error: string
      readonly description: string
    }

/** Checks an authorization request, the client and its redirect URI first. */
export function checkAuthorizationRequest(
  applications: Applications,
  parameters: Readonly<Record<string, unknown>>,
): CheckedRequest {
  const clientId = text(parameters, 'client_id')
  if (clientId === undefined) return missing(['client_id'])
  const application = applications.find(clientId)
  if (application === undefined) {
    return invalid('invalid_client', 'Client authentication failed due to unknown client.', 401)
  }
  // The comparison is exact: a trailing slash, another case or a missing port makes another URI.
  const redirectUri = text(parameters, 'redirect_uri')
  if (redirectUri === undefined || !application.redirect_uris.includes(redirectUri)) {
    return invalid(
      'invalid_redirect_uri',
      "The requested redirect URI is malformed or doesn't match the client redirect URI.",
    )
  }
  const absent = ['response_type', 'grant_type', 'new_installation'].filter(
    (name) => text(parameters, name) === undefined,
  )
  if (absent.length > 0) return missing(absent)
  const wrong = wrongValue(parameters)
  if (wrong !== undefined) return wrong
  return {
    kind: 'valid',
    request: {
      application,
      redirectUri,
      scope: text(parameters, 'scope') ?? DEFAULT_SCOPE,
      state: typeof parameters.state === 'string' && parameters.state !== '' ? parameters.state : undefined,
      codeChallenge: text(parameters, 'code_challenge'),
    },
  }
}

function wrongValue(parameters: Readonly<Record<string, unknown>>): CheckedRequest | undefined {
  if (parameters.response_type !== 'code') {
    return invalid(
      'unsupported_response_type',
      'The authorization server does not support this response type.',
    )
  }
  if (parameters.grant_type !== 'authorization_code') {
    return invalid('invalid_request', '"grant_type" must be "authorization_code".')
  }
  if (parameters.new_installation !== 'true') {
    return invalid('invalid_request', '"new_installation" must be "true".')
  }
  const scope = text(parameters, 'scope') ?? DEFAULT_SCOPE
  if (!scope.split(' ').every((word) => SCOPES.includes(word))) {
    return invalid('invalid_scope', 'The requested scope is invalid, unknown, or malformed.')
  }
  if (text(parameters, 'code_challenge') !== undefined && parameters.code_challenge_method !== 'S256') {
    return invalid('invalid_code_challenge_method', 'The code_challenge_method must be S256.')
  }
  return undefined
}

function missing(names: readonly string[]): CheckedRequest {
  return invalid(
    'invalid_request',
    `Missing required parameter${names.length > 1 ? 's' : ''}: ${names.join(', ')}.`,
  )
}

function invalid(error: string, description: string, status = 400): CheckedRequest {
  return { kind: 'invalid', status, error, description }
}
