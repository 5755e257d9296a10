// The faults that tests order: which request they affect, and what happens to its answer. "before": the provider never sees
// the request. "after": the provider does its work, and then the answer is lost or replaced.
import { STATUS_CODES } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { edgePage } from './edge.ts'
import { isObject, json, type Reply, type SimulatorRequest } from './http.ts'

export const MALFORMED_VARIANTS = ['json', 'token_type', 'missing_access_token'] as const

export type FaultKind =
  | {
      readonly kind: 'status'
      readonly status: number
      readonly retry_after?: number | string
      readonly html?: boolean
      readonly body?: unknown
    }
  | { readonly kind: 'hang' }
  | { readonly kind: 'drop' }
  | { readonly kind: 'slow'; readonly ms: number }
  | { readonly kind: 'malformed'; readonly variant: (typeof MALFORMED_VARIANTS)[number] }

export interface FaultOrder {
  readonly method: string | undefined
  readonly path: string
  readonly times: number
  readonly when: 'before' | 'after'
  readonly fault: FaultKind
}

export class Faults {
  #orders: { readonly id: number; readonly order: FaultOrder; left: number }[] = []
  #lastId = 0

  add(order: FaultOrder): number {
    this.#lastId += 1
    this.#orders.push({ id: this.#lastId, order, left: order.times })
    return this.#lastId
  }

  clear(): void {
    this.#orders = []
  }

  /** Finds the oldest order that fits the request, and counts it down. */
  take(request: SimulatorRequest): FaultOrder | undefined {
    const found = this.#orders.find(
      ({ order, left }) =>
        left > 0 &&
        (order.method === undefined || order.method === request.method) &&
        pathMatches(order.path, request.pathname),
    )
    if (found === undefined) return undefined
    found.left -= 1
    return found.order
  }
}

/** The exact path or anything below it: `/oauth/token` fits itself, `/api/v2` fits `/api/v2/me`. */
export function pathMatches(path: string, pathname: string): boolean {
  return pathname === path || pathname.startsWith(path.endsWith('/') ? path : `${path}/`)
}

/** Applies a fault to `work`. Returns `undefined` when there is no answer: the socket is to be destroyed. */
export async function applyFault(
  order: FaultOrder,
  work: () => Reply,
  signal: AbortSignal,
): Promise<Reply | undefined> {
  const done = order.when === 'after' ? work() : undefined
  const { fault } = order
  switch (fault.kind) {
    case 'status':
      return statusReply(fault)
    case 'drop':
      return undefined
    case 'hang':
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
      return undefined
    case 'slow':
      try {
        await delay(fault.ms, undefined, { signal })
      } catch {
        return undefined
      }
      return done ?? work()
    case 'malformed':
      return malformed(fault.variant, done)
  }
}

function statusReply(fault: Extract<FaultKind, { kind: 'status' }>): Reply {
  const reason = STATUS_CODES[fault.status] ?? 'Error'
  const plain = fault.html
    ? edgePage(fault.status, reason)
    : json(fault.status, isObject(fault.body) ? fault.body : { error: reason })
  return {
    status: fault.status,
    headers: {
      ...plain.headers,
      ...(fault.retry_after === undefined ? {} : { 'retry-after': String(fault.retry_after) }),
    },
    body: typeof fault.body === 'string' ? fault.body : plain.body,
  }
}

// A damaged version of the real answer ("after") or of a made-up one ("before"). It still contains the tokens, because
// tests check what a caller logs about a malformed answer.
function malformed(variant: (typeof MALFORMED_VARIANTS)[number], done: Reply | undefined): Reply {
  const madeUp = json(200, { access_token: 'made-up-token', token_type: 'Bearer', expires_in: 7200 })
  const reply = done?.body.startsWith('{') ? done : madeUp
  if (variant === 'json') return { ...reply, body: reply.body.slice(0, -1) }
  const members: Record<string, unknown> = JSON.parse(reply.body)
  if (variant === 'token_type') members.token_type = 'mac'
  else delete members.access_token
  return { ...reply, body: JSON.stringify(members) }
}
