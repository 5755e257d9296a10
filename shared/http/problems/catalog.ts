// What each error code means and what to do about it, for people. docs/errors.md is made from it (npm run docs), and
// the page that a problem's `type` points at.
import type { ErrorCode } from '#domain/errors.ts'
import { type Explanation, OPERATOR_ERRORS } from './catalog-operator.ts'

export const ERROR_CATALOG: Readonly<Record<ErrorCode, Explanation>> = {
  ...OPERATOR_ERRORS,
  malformed_request: {
    meaning: 'The body is not JSON, or the query or a header holds characters that HTTP cannot carry.',
    remedy: 'Send valid JSON in UTF-8. Percent-encode what does not belong into a URL.',
  },
  path_not_allowed: {
    meaning:
      'The path after /proxy/ holds a dot segment, an empty segment, a backslash, a control character, or an encoded percent sign, question mark or number sign. It was refused before any token was opened.',
    remedy: "Send the path as it stands in ClickFunnels' documentation; put such characters into the query.",
  },
  missing_credential: {
    meaning: 'The request carries no credential.',
    remedy:
      'Send the header "Authorization: Bearer <API key or JWT>". The operator\'s routes (/v1/tenants, /v1/root-keys) need a request signed with AWS SigV4.',
  },
  invalid_credential: {
    meaning:
      'The credential is no API key in force (mistyped, expired or revoked), and no JWT of an identity provider that is registered for a tenant, or one that has expired.',
    remedy:
      'Check the key; ask the operator for a new one. With a JWT, log in again; docs/identity-providers.md says what is checked. A new key works at once, a revoked one stops within 60 seconds.',
  },
  insufficient_scope: {
    meaning:
      'The API key is in force, but was not issued for this: the problem\'s "scope" names what it lacks.',
    remedy: 'Use a key that has the scope, or ask the operator for one.',
  },
  origin_not_registered: {
    meaning:
      'A page called with an end user\'s JWT, and its origin (the header "Origin") is not registered for the tenant. Nothing was done.',
    remedy:
      'Ask the operator to add the origin: scheme, host and port as the browser sends them. A change takes effect within 60 seconds.',
  },
  end_user_mismatch: {
    meaning:
      'The end user given to "complete" is not the one the session was started for. The authorization code was thrown away unspent.',
    remedy:
      'Send the user who is logged in now, and start a session of their own. Seen often, it may be an attack: somebody makes others approve their session.',
  },
  completion_code_mismatch: {
    meaning:
      'The "completion_code" of "complete" is missing, where a JWT calls, or is not that of this session. Only the browser that came back from ClickFunnels was given it, so that nobody can complete a session that somebody else has approved. Nothing is lost: the right code still completes it.',
    remedy:
      'Pass on "completion_code" from the query of the return URL, from the page at that URL. The client library does so by itself.',
  },
  not_found: {
    meaning: 'There is no such path or thing, or it is not yours. Both look the same.',
    remedy: 'Check the id and the credential.',
  },
  method_not_allowed: {
    meaning: 'The path exists, but not for this method.',
    remedy: 'Use one of the methods in the Allow header. HEAD is served by the proxy alone.',
  },
  session_not_completable: {
    meaning:
      'Only a session whose status is "awaiting_completion" can be completed; the problem\'s "session_status" says how it stands.',
    remedy: 'Read the session. If it has expired or failed, start a new one.',
  },
  workspace_mismatch: {
    meaning:
      'The session was to reconnect a connection, and the end user chose another workspace. Nothing was replaced.',
    remedy:
      'Ask the end user to choose the same workspace, or start a session without "connection_id" to connect the other one as well.',
  },
  reauthorization_required: {
    meaning:
      'ClickFunnels no longer accepts the connection\'s tokens: the customer disconnected, or access was withdrawn. "reason" says how that showed: "grant_refused" (the refresh token), "access_token_rejected" (a probe), "answer_lost" (the refresh token, after an answer of ClickFunnels that would have held the next one never came).',
    remedy: 'Start a connect session with the problem\'s "connection_id" and send the end user there.',
  },
  idempotency_in_progress: {
    meaning:
      'A call with the same Idempotency-Key is being carried out at this moment, and took longer than the ten seconds for which this one waited for its answer.',
    remedy: 'Send the same call again after "Retry-After": it gets the answer of the first one.',
  },
  idempotency_outcome_unknown: {
    meaning:
      'A call with this Idempotency-Key was sent to ClickFunnels, and its answer was lost: a timeout, a broken connection, or a process that was cut off. Whether it was carried out is unknown. It is not sent again, neither now nor later.',
    remedy:
      'Look at ClickFunnels whether it was done. If it was not, send it with a new key. Trying again with this key changes nothing.',
  },
  idempotency_answer_not_kept: {
    meaning:
      'The call with this Idempotency-Key was carried out, and its answer was handed on then, or was too large for that. It was too large to be kept (about 280 KB after compression). "upstream_status" is its status, where there was one to hand on.',
    remedy: 'Read what the call made or changed with a GET.',
  },
  app_in_use: {
    meaning:
      'The app is not suspended, has connections, or is needed to revoke tokens that ClickFunnels has not taken back yet. Nothing was deleted; the detail says which.',
    remedy:
      'Suspend the app, revoke its connections, wait until the revocations that are owed have been taken (the service tries them each hour), then delete it.',
  },
  request_too_large: {
    meaning:
      'The body is larger than this route takes; the limit is in the detail. A proxied call may carry 4.5 MB.',
    remedy: 'Send less. JSON bodies of our own routes are a few hundred bytes.',
  },
  validation_failed: {
    meaning:
      'The request can be read but breaks a rule. "errors" names each member by JSON pointer, or each query parameter.',
    remedy: 'Mend the members that are named.',
  },
  idempotency_key_reused: {
    meaning:
      'The Idempotency-Key was sent with another call to the same connection within the last 24 hours: the method, path, query, content type or body differs. Nothing was sent.',
    remedy: 'Use a new key for each call, and repeat a call to the byte.',
  },
  return_url_not_registered: {
    meaning:
      '"return_url" does not lie under a URL that is registered for the tenant: same scheme, host, port and path prefix.',
    remedy: 'Use a registered URL, or ask the operator to register this one.',
  },
  rate_limited: {
    meaning:
      'ClickFunnels answered 429 to calls of this connection a moment ago. It is called at the pace that this taught, which rises again by itself, and this call would have waited too long for its turn. It was not made.',
    remedy:
      'Try again after "Retry-After". Make fewer calls at once for this connection; others are not affected.',
  },
  tenant_limit_exceeded: {
    meaning:
      'The tenant uses as much as the operator allows it. "limit" says of what: "connections", "sessions_per_minute" or "requests_per_second". Nothing was done; other tenants are not affected.',
    remedy:
      'Try again after "Retry-After". At the limit of connections, disconnect some, or start the session with the "connection_id" of the one to reconnect. Ask the operator for a higher limit.',
  },
  app_credentials_refused: {
    meaning: "ClickFunnels does not know the app's client id, or none of its client secrets is right.",
    remedy:
      'Ask the operator to store the client secret that ClickFunnels shows for the app. Connections are not harmed.',
  },
  grant_refused: {
    meaning:
      'ClickFunnels refused the authorization code: it was used before, is older than ten minutes, or was issued to another app.',
    remedy: 'Start a new connect session.',
  },
  upstream_unreachable: {
    meaning:
      "ClickFunnels could not be reached, or the workspace's host is not known. The call was not made.",
    remedy: 'Try again after "Retry-After". If the workspace is not known, connect it again.',
  },
  upstream_untrusted: {
    meaning:
      'The TLS handshake with ClickFunnels failed, or its certificate is not one to trust. The call was not made, and no token was sent.',
    remedy:
      'Ask the operator: a wrong host in the configuration, a proxy in between, or a certificate that ran out.',
  },
  upstream_blocked: {
    meaning:
      'The network in front of ClickFunnels answered with a page of its own (403, HTML). ClickFunnels did not see the call.',
    remedy:
      'Try again after "Retry-After". If it stays, look at what the call has of its own: a User-Agent, a body that looks like an attack.',
  },
  upstream_malformed: {
    meaning:
      'ClickFunnels answered with something that is not what the protocol says, such as a block page in HTML.',
    remedy: 'Try again later; if it stays, ask ClickFunnels.',
  },
  upstream_answer_lost: {
    meaning:
      'The connection to ClickFunnels broke after the request was sent. Whether the call was carried out is unknown.',
    remedy: 'For a reading call, try again. For a writing call, look whether it was done first.',
  },
  upstream_response_too_large: {
    meaning:
      'The answer of ClickFunnels is larger than the 6 MB that can be handed on; bytes that are no text count a third more. "size" and "limit" tell how large.',
    remedy: 'Ask for less at a time, with paging or filters.',
  },
  refresh_failed: {
    meaning: 'The access token has expired and could not be refreshed now. The connection is not harmed.',
    remedy: 'Try again after "Retry-After". The service goes on trying by itself.',
  },
  internal_error: {
    meaning: 'A fault of this service.',
    remedy: 'Try again. If it stays, report the request id (header "Funnel-Connect-Request-Id").',
  },
  secret_unreadable: {
    meaning:
      'A stored secret does not open: its row was changed, moved, or restored from another time, or its key is gone. The detail names the record.',
    remedy:
      'Connect the end user again, or store the client secret again. Report it: rows do not change by themselves.',
  },
  storage_unavailable: {
    meaning: 'The store or the key service is throttling or not reachable. Nothing is lost.',
    remedy: 'Try again after "Retry-After".',
  },
  identity_provider_unavailable: {
    meaning: "The tenant's identity provider did not give the keys that its tokens are verified with.",
    remedy:
      'Repeat the request after the seconds in Retry-After. If it stays, check the JWKS URI that is registered: it has to be public, over https, without a redirect.',
  },
  upstream_timeout: {
    meaning:
      'ClickFunnels did not answer within 25 seconds, which everything of a call has to share. Whether the call was carried out is unknown, unless the detail says that it was not.',
    remedy: 'For a reading call, try again. For a writing call, look whether it was done first.',
  },
}
