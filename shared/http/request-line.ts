// The members of the log line that every request leaves. Metric filters read them (infra/monitoring/), so their names are
// contracts. None of them is secret: ids have the form of ours, and an end user's id, which the tenant chose, is left out.
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import { idInPath } from './message/path-id.ts'
import type { ApiRequest } from './message/request.ts'
import { classOf } from './problems/call-class.ts'

/** How a request ended. */
export interface Ended {
  readonly result: APIGatewayProxyStructuredResultV2
  readonly failure: unknown
  readonly milliseconds: number
  /** Whether this was the first request of its process. */
  readonly cold: boolean
}

export function requestLine(request: ApiRequest, { result, failure, milliseconds, cold }: Ended): object {
  const { facts, caller } = request
  const { statusCode = 500, headers, body = '', isBase64Encoded } = result
  const upstreamMs = Math.round(facts.upstreamSeconds * 1000)
  const answeredBy = headers?.['funnel-connect-answer-by'] === 'clickfunnels' ? 'clickfunnels' : 'us'
  return {
    request: request.id,
    route: request.routeKey,
    method: request.method,
    status: statusCode,
    class: classOf(statusCode, failure, answeredBy),
    milliseconds,
    tenant: caller?.tenant.id ?? idInPath('tenant', request),
    app: facts.app ?? idInPath('app', request),
    connection: idInPath('connection', request),
    actor: actorOf(request),
    bytes: Buffer.byteLength(body, isBase64Encoded ? 'base64' : 'utf8'),
    ...(cold && { cold }),
    ...(facts.token && { token: facts.token, overhead_ms: Math.max(0, milliseconds - upstreamMs) }),
    ...(facts.upstreamCalls > 0 && { upstream_calls: facts.upstreamCalls, upstream_ms: upstreamMs }),
  }
}

/** An API key by its id. An operator's principal is in the access log and the audit trail. */
function actorOf({ caller, operator }: ApiRequest): string | undefined {
  if (operator !== undefined) return 'operator'
  return caller?.actor.kind === 'api_key' ? caller.actor.id : caller?.actor.kind
}
