// The error catalog of what happens between this service and ClickFunnels.
import type { ErrorCode } from '#domain/errors.ts'
import type { Explanation } from './explanation.ts'

const UNKNOWN_OUTCOME =
  'Repeat a call that only reads. For any other call, first look up at ClickFunnels whether it was carried out.'

export const UPSTREAM_ERRORS = {
  reauthorization_required: {
    meaning:
      'ClickFunnels no longer accepts the tokens of this connection, for example because the customer has withdrawn access. "reason" says how the service found out: ClickFunnels refused the refresh token ("grant_refused"), refused the access token ("access_token_rejected"), or refused the refresh token after an earlier answer, which may have held the next one, was lost ("answer_lost").',
    remedy:
      'Start a connect session with the "connection_id" of this problem and send the end user to its "connect_url". The connection keeps its id.',
  },
  rate_limited: {
    meaning:
      'ClickFunnels has answered calls of this connection with 429 (too many requests), so the service slows the connection down for a while. This call would have had to wait more than 5 seconds, so it was not made. Other connections are not affected.',
    remedy:
      'Retry after the seconds in "Retry-After". Make fewer calls at the same time for this connection. The allowed rate rises again by itself.',
  },
  app_credentials_refused: {
    meaning:
      "ClickFunnels refused the client id and the client secrets of the app, so no token could be obtained. The app's connections are kept.",
    remedy:
      'Ask the operator to store the client secret that ClickFunnels shows for the app. Calls work again after that.',
  },
  grant_refused: {
    meaning:
      'ClickFunnels refused the authorization code, because it was already used, has expired, or was issued to another app. Nothing was connected.',
    remedy: 'Start a new connect session.',
  },
  upstream_unreachable: {
    meaning:
      "ClickFunnels could not be reached, or the host of the connection's workspace is unknown or no longer allowed. The call was not made.",
    remedy:
      'Retry after the seconds in "Retry-After". Without that header, start a connect session for the connection, so that the service learns the host of the workspace again.',
  },
  upstream_untrusted: {
    meaning:
      "The service could not verify that the server it reached is ClickFunnels: the TLS handshake failed or the server's certificate is not trusted. The call was not made and no token was sent.",
    remedy:
      'Ask the operator to check the configured host, the proxies on the way, and whether the certificate has expired.',
  },
  upstream_blocked: {
    meaning:
      'A firewall in front of ClickFunnels refused the call with an HTML page (403). ClickFunnels did not receive the call.',
    remedy:
      'Retry after the seconds in "Retry-After". If it happens again, check what is unusual about the call, such as its User-Agent or a body that resembles an attack.',
  },
  upstream_malformed: {
    meaning:
      'ClickFunnels gave an answer that the service cannot use, such as an HTML page where JSON was expected, or tokens of an unknown workspace.',
    remedy: 'Retry later. If it happens again, ask ClickFunnels.',
  },
  upstream_answer_lost: {
    meaning:
      'The network connection to ClickFunnels broke after the call was sent. Whether ClickFunnels carried it out is unknown.',
    remedy: UNKNOWN_OUTCOME,
  },
  upstream_response_too_large: {
    meaning:
      'The answer of ClickFunnels is too large to pass on. The maximum is 6 MB, or 4.6 MB for answers that are not text. "size" and "limit" are in bytes, as transmitted. ClickFunnels has answered, so it carried out the call.',
    remedy: 'Request less at a time, with paging or filters.',
  },
  upstream_slow: {
    meaning:
      'ClickFunnels has left five calls of this application without an answer within 30 seconds. For a minute after the last one, calls to that host wait 5 seconds instead of 25. This one had no answer by then. Whether ClickFunnels carried it out is unknown.',
    remedy: `${UNKNOWN_OUTCOME} Retry after the seconds in "Retry-After". One call in 30 seconds waits as long as usual, and its answer ends this state.`,
  },
  upstream_timeout: {
    meaning:
      'ClickFunnels did not answer in time. A call has 25 seconds in all, or fewer if its header "Funnel-Connect-Timeout" or the operator says so. They include waiting, a refresh of the token, and retries. Whether ClickFunnels carried it out is unknown, unless "detail" says that it was not.',
    remedy: UNKNOWN_OUTCOME,
  },
  recovering: {
    meaning:
      'The access token is being replaced, and that takes longer than a caller waits (9 seconds). Either ClickFunnels is slow to answer, or the service could not store the new token at once and stores it from a queue. The call was not made, and the end user has nothing to do.',
    remedy: 'Retry after the seconds in "Retry-After". This lasts three minutes at most.',
  },
  refresh_failed: {
    meaning:
      'The access token has expired and could not be refreshed now. The call was not made. The connection is kept.',
    remedy: 'Retry after the seconds in "Retry-After". The service also retries the refresh by itself.',
  },
} as const satisfies Partial<Record<ErrorCode, Explanation>>
