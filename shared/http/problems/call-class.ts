// Who caused the outcome of a request. Metrics and alarms count requests by this class (infra/monitoring/).
import { type ErrorCode, ServiceError } from '#domain/errors.ts'
import { PROBLEMS } from './problem.ts'

/**
 * ok: answered as asked. client: the caller, its tenant or the end user has to do something. limit: too many requests.
 * ours: this service failed. clickfunnels: ClickFunnels failed.
 */
export type CallClass = 'ok' | 'client' | 'limit' | 'ours' | 'clickfunnels'

/** Where the status of a code does not tell who caused it. */
const CAUSED_BY: Readonly<Partial<Record<ErrorCode, CallClass>>> = {
  // The tenant's application at ClickFunnels, its identity provider, or an answer larger than can be passed on.
  app_credentials_refused: 'client',
  grant_refused: 'client',
  identity_provider_unavailable: 'client',
  upstream_response_too_large: 'client',
  upstream_slow: 'clickfunnels',
}

/** @param answeredBy whose answer it is, if the request did not fail */
export function classOf(
  status: number,
  failure: unknown,
  answeredBy: 'us' | 'clickfunnels' = 'us',
): CallClass {
  if (failure instanceof ServiceError) {
    if (failure.upstreamIsSlow) return 'clickfunnels'
    return CAUSED_BY[failure.code] ?? byStatus(PROBLEMS[failure.code].status, 'us')
  }
  return failure === undefined || failure === null ? byStatus(status, answeredBy) : 'ours'
}

function byStatus(status: number, answeredBy: 'us' | 'clickfunnels'): CallClass {
  if (status < 400) return 'ok'
  if (status === 429) return 'limit'
  if (status < 500) return 'client'
  // A gateway's statuses are about what is behind it.
  return answeredBy === 'clickfunnels' || status === 502 || status === 504 ? 'clickfunnels' : 'ours'
}
