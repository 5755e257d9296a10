// The error catalog of the form of a request, its credential, and calls with an Idempotency-Key.
import type { ErrorCode } from '#domain/errors.ts'
import type { Explanation } from './explanation.ts'

export const CALL_ERRORS = {
  malformed_request: {
    meaning:
      'The body is not valid JSON in UTF-8, or the query or a header contains characters that HTTP does not allow. Nothing was done.',
    remedy: 'Send valid JSON in UTF-8. Percent-encode characters that a URL cannot contain.',
  },
  path_not_allowed: {
    meaning:
      'The path after "/proxy/" contains a dot segment ("." or ".."), an empty segment, a backslash, a control character, or an encoded percent sign, question mark or number sign. The call was not made.',
    remedy:
      "Send the path exactly as ClickFunnels' documentation shows it. Put such characters into the query.",
  },
  missing_credential: {
    meaning: 'The request has no credential.',
    remedy:
      'Send the header "Authorization: Bearer <API key or JWT>". Sign requests to the operator\'s routes (/v1/tenants, /v1/root-keys) with AWS Signature Version 4.',
  },
  invalid_credential: {
    meaning:
      'The credential is unknown, expired or revoked. It is neither a valid API key nor a valid JWT of an identity provider that is registered for a tenant. To an event of ClickFunnels: the signature does not match, or its timestamp is more than 10 minutes from the time of this service.',
    remedy:
      'Check the API key, or ask the operator for a new one. If you sent a JWT, get a new one from the identity provider; docs/identity-providers.md says what is checked. A new API key works at once, a revoked one stops within 60 seconds. If events of an endpoint that you created yourself at ClickFunnels are refused, ask the operator to store its secret again.',
  },
  insufficient_scope: {
    meaning:
      'The credential is valid, but it lacks the scope that this route needs. "scope" names it. The audit trail is for API keys only, so a JWT never has the scope "audit:read". A JWT cannot change the tags and the label of a connection, either; then there is no "scope".',
    remedy: 'Use an API key that has the scope, or ask the operator for one.',
  },
  origin_not_registered: {
    meaning:
      'A web page made this request with the JWT of an end user, and the origin of the page (the header "Origin") is not registered for the tenant. Nothing was done.',
    remedy:
      'Ask the operator to register the origin exactly as the browser sends it, such as "https://app.example.com". A change takes effect within 60 seconds.',
  },
  not_found: {
    meaning:
      'There is no such path or resource, or the resource is not accessible with this credential. Both give the same answer.',
    remedy: 'Check the path, the id and the credential.',
  },
  method_not_allowed: {
    meaning: 'The path exists, but it does not support this method.',
    remedy: 'Use one of the methods in the "Allow" header. Only the proxy supports HEAD.',
  },
  request_too_large: {
    meaning:
      'The body is larger than this route accepts. The maximum is 4.5 MB (4,500,000 bytes) for a call through the proxy, 1 MiB (1,048,576 bytes) for the import of connections and 64 KB (65,536 bytes) for every other route.',
    remedy: 'Send less at a time.',
  },
  validation_failed: {
    meaning:
      'At least one field of the body, query parameter or header is missing or not valid. "errors" lists each of them. Nothing was done.',
    remedy:
      'Correct the fields that "errors" names: by "pointer" in the body (a JSON pointer such as "#/end_user/id"), by "parameter" in the query or the headers.',
  },
  idempotency_in_progress: {
    meaning:
      'An earlier call with this Idempotency-Key is still in progress. This call waited 10 seconds for its answer and was not sent to ClickFunnels.',
    remedy:
      'Repeat the same call after the seconds in "Retry-After". It then gets the answer of the earlier call.',
  },
  idempotency_outcome_unknown: {
    meaning:
      'An earlier call with this Idempotency-Key was sent to ClickFunnels. Its answer was lost, or was a 503. Whether ClickFunnels carried it out is unknown. The service does not send it again.',
    remedy:
      'Look up at ClickFunnels whether the call was carried out. If it was not, send it with a new key. Repeating it with this key always gives this error.',
  },
  idempotency_answer_not_kept: {
    meaning:
      'An earlier call with this Idempotency-Key was carried out, but its answer was too large to store (more than about 280 KB after compression). "upstream_status" is the HTTP status of that answer, if it is known. The service does not send the call again.',
    remedy: 'Read with a GET what the call created or changed.',
  },
  idempotency_key_reused: {
    meaning:
      'This Idempotency-Key was used within the last 24 hours for another call of the same connection. The method, path, query, content type or body differs. The call was not sent.',
    remedy: 'Use a new key for each call. To repeat a call, send exactly the same bytes again.',
  },
  internal_error: {
    meaning: 'The service has failed through a fault of its own.',
    remedy:
      'Retry. If it happens again, report the request id (the header "Funnel-Connect-Request-Id") to the operator.',
  },
  secret_unreadable: {
    meaning:
      'A stored token, client secret or code cannot be decrypted: the stored item was changed, moved or restored from a backup, or its key was deleted. "detail" names the item.',
    remedy:
      'Report it to the operator, since this does not happen in normal operation. Connect the end user again, or store the client secret again.',
  },
  storage_unavailable: {
    meaning:
      "The service's database or key service did not answer in time, or so late that no time was left to refresh the access token safely. Nothing is lost, and the request may be repeated.",
    remedy: 'Retry after the seconds in "Retry-After".',
  },
} as const satisfies Partial<Record<ErrorCode, Explanation>>
