// The faults that tests order: which request they affect, and what happens to its answer. "before": the provider never sees
// the request. "after": the provider does its work, and then the answer is lost or replaced.
import { STATUS_CODES } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { edgePage } from './edge.ts'
import { isObject, json, type Reply, type SimulatorRequest } from './http.ts'
import { refused, unauthorized } from './refusals.ts'

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
  /** The real answer with other members: those of `set` replaced or added, those of `remove` left out. */
  | {
      readonly kind: 'members'
      readonly set: Readonly<Record<string, unknown>>
      readonly remove: readonly string[]
      readonly status?: number
    }
  /** Whatever the token: 401 from the API, `invalid_grant` from the token endpoint. Other paths answer as always. */
  | { readonly kind: 'refused' }

export interface FaultOrder {
  readonly method: string | undefined
  readonly path: string
  /** How many requests it affects; `undefined` is no bound. */
  readonly times: number | undefined
  /** How long it lasts, from the order on; `undefined` is no bound. */
  readonly seconds: number | undefined
  readonly when: 'before' | 'after'
  readonly fault: FaultKind
}

export class Faults {
  readonly #now: () => number
  #orders: { readonly order: FaultOrder; readonly until: number; left: number }[] = []
  #lastId = 0

  /** @param now in epoch milliseconds */
  constructor(now: () => number) {
    this.#now = now
  }

  add(order: FaultOrder): number {
    this.#lastId += 1
    const { times = Number.POSITIVE_INFINITY, seconds = Number.POSITIVE_INFINITY } = order
    this.#orders.push({ order, until: this.#now() + seconds * 1000, left: times })
    return this.#lastId
  }

  clear(): void {
    this.#orders = []
  }

  /** Finds the oldest order that fits the request, and counts it down. */
  take(request: SimulatorRequest): FaultOrder | undefined {
    const found = this.#orders.find(
      ({ order, until, left }) =>
        left > 0 &&
        this.#now() < until &&
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
  { pathname }: SimulatorRequest,
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
    case 'members':
      return withMembers(done ?? work(), fault)
    case 'refused':
      if (pathMatches('/oauth/token', pathname)) return refused('invalid_grant')
      if (!pathMatches('/api', pathname)) return done ?? work()
      return unauthorized('is invalid', 'Invalid token or no user signed in')
  }
}

function withMembers(reply: Reply, { set, remove, status }: Extract<FaultKind, { kind: 'members' }>): Reply {
  if (!reply.body.startsWith('{')) return reply
  const members = { ...JSON.parse(reply.body), ...set }
  for (const name of remove) delete members[name]
  return { ...reply, status: status ?? reply.status, body: JSON.stringify(members) }
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
