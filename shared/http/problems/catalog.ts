// What each error code means and what to do about it, for people. `npm run docs` makes docs/errors.md from it; the service
// serves the same at the URL in a problem's `type`. A code without an entry does not compile.
import type { ErrorCode } from '#domain/errors.ts'
import { CALL_ERRORS } from './catalog-calls.ts'
import { OPERATOR_ERRORS } from './catalog-operator.ts'
import { UPSTREAM_ERRORS } from './catalog-upstream.ts'
import type { Explanation } from './explanation.ts'

export const ERROR_CATALOG: Readonly<Record<ErrorCode, Explanation>> = {
  ...CALL_ERRORS,
  ...OPERATOR_ERRORS,
  ...UPSTREAM_ERRORS,
  end_user_mismatch: {
    meaning:
      'The request names another end user than the JWT, or than the one the connect session was started for. In the second case the session has failed: its authorization code was discarded and nothing is connected.',
    remedy:
      'Send the id of the end user who is logged in now, and start a session for that end user. If you see this error often, it may be an attack: an attacker makes other people approve a session that the attacker started.',
  },
  completion_code_mismatch: {
    meaning:
      'The "completion_code" is missing or does not belong to this session. Only the browser that came back from ClickFunnels receives this code. It prevents an attacker from completing a session that another person approved, even through the back end of the product. The session is unchanged and can still be completed with the right code.',
    remedy:
      'Read "completion_code" from the query of the return URL and send it. The client library does this by itself.',
  },
  session_not_completable: {
    meaning:
      'Only a connect session with the status "awaiting_completion" can be completed. "session_status" is the current status of this session.',
    remedy:
      'Get the session. If it is still in progress, wait. If it has expired or failed, start a new one.',
  },
  workspace_mismatch: {
    meaning:
      'The session was to reconnect a connection, but the end user chose another ClickFunnels workspace. The connection is unchanged.',
    remedy:
      'Ask the end user to choose the same workspace. To connect the other workspace too, start a session without "connection_id".',
  },
  return_url_not_registered: {
    meaning:
      '"return_url" does not match any URL that is registered for the tenant. The scheme, host and port must be equal, and the path must be the registered path or lie below it. No session was started.',
    remedy: 'Use a registered URL, or ask the operator to register this one.',
  },
  tenant_limit_exceeded: {
    meaning:
      'The tenant has reached a limit that the operator has set. "limit" names it: "connections", "sessions_per_minute", "requests_per_second" or "concurrent_requests". The request was not carried out. Other tenants are not affected.',
    remedy:
      'Retry after the seconds in "Retry-After". At the limit of connections, delete some, or reconnect an existing one by sending its "connection_id". The operator can raise the limit.',
  },
  end_user_limit_exceeded: {
    meaning:
      'An end user who calls with a JWT has reached its share of a limit of the tenant: a tenth, but at least 5. "limit" names the limit: "sessions_per_minute" or "requests_per_second". The request was not carried out. Other end users and the tenant\'s API keys are not affected.',
    remedy: 'Retry after the seconds in "Retry-After".',
  },
  identity_provider_unavailable: {
    meaning:
      "The tenant's identity provider did not deliver its public keys, so the service could not verify the JWT.",
    remedy:
      'Retry after the seconds in "Retry-After". If it happens again, check the registered JWKS URI: it must be publicly reachable over https, without a redirect.',
  },
}
