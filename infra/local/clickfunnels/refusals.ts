// How Doorkeeper refuses: the token endpoint's errors and the API's 401, each with its description and header.
import { json, type Reply } from './http.ts'

const DESCRIPTIONS = {
  invalid_client:
    'Client authentication failed due to unknown client, no client authentication included, or unsupported authentication method.',
  invalid_grant:
    'The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client.',
  invalid_scope: 'The requested scope is invalid, unknown, or malformed.',
  unsupported_grant_type: 'The authorization grant type is not supported by the authorization server.',
  invalid_request:
    'The request is missing a required parameter, includes an unsupported parameter value, or is otherwise malformed.',
}

// All errors of Doorkeeper (5.5.0 to 6.0) have WWW-Authenticate, not only the 401. Clients that look for a challenge before
// they read the body (oauth4webapi) mistake an invalid_grant because of it.
export function refused(error: keyof typeof DESCRIPTIONS, description: string = DESCRIPTIONS[error]): Reply {
  return json(
    error === 'invalid_client' ? 401 : 400,
    { error, error_description: description },
    {
      'cache-control': 'no-store, no-cache',
      'www-authenticate': `Bearer realm="Doorkeeper", error="${error}", error_description="${description}"`,
    },
  )
}

/** The API's answer to an access token that is not live. */
export function unauthorized(reason: 'expired' | 'was revoked' | 'is invalid', error: string): Reply {
  const description = `The access token ${reason}`
  return json(
    401,
    { error },
    {
      'www-authenticate': `Bearer realm="Doorkeeper", error="invalid_token", error_description="${description}"`,
    },
  )
}
