// The line between our processes and ClickFunnels: what arrives there, what comes back, and in what state.
import type { Answered, Exchange, ProviderRequest } from '../socket.ts'
import type { Owner } from '../timeline.ts'
import { type Fault, type Line, PROVIDER_FAULTS, type ProviderFault, type Weather } from '../weather.ts'
import {
  type Answer,
  BAD_GATEWAY,
  BLOCK_PAGE,
  GATEWAY_TIMEOUT,
  INVALID_GRANT,
  json,
  limited,
  UNAUTHORIZED,
  UNAVAILABLE,
} from './answers.ts'
import type { ClickFunnels } from './clickfunnels.ts'

export interface LinePorts {
  readonly provider: ClickFunnels
  readonly weather: Weather
  readonly milliseconds: () => number
  readonly onRequest: (request: Arrived) => void
  readonly onFault: (line: Line, fault: ProviderFault, call: string, process: Owner | undefined) => void
  /** All bytes of the answer came to a process that read them. */
  readonly onRead: (request: Arrived) => void
  /** They came when the process had closed the socket. */
  readonly onRefused: (request: Arrived) => void
}

/** One request on its way, for those who watch. */
export interface Arrived {
  readonly line: Line
  readonly request: ProviderRequest
  readonly process: Owner | undefined
  readonly sentAt: number
  /** Which call of the process sent it. */
  readonly call: number | undefined
  /** Whether the provider may still carry it out. */
  isPending: boolean
  answer?: Answer
}

/** What a gateway and a network can do to each line. A false refusal is a matter of tokens. */
const KINDS: readonly ProviderFault[] = PROVIDER_FAULTS.filter((kind) => kind !== 'unreachable')
const KINDS_OF: Readonly<Partial<Record<Line, readonly ProviderFault[]>>> = {
  token: KINDS,
  me: KINDS.filter((kind) => kind !== 'odd'),
  api: KINDS.filter((kind) => kind !== 'odd'),
  revoke: KINDS.filter((kind) => kind !== 'odd' && kind !== 'refused'),
}

/** The provider drops the request of a process that ended so long before it would be carried out. */
const DROPPED_MILLISECONDS = 15_000

export function exchangeOn(
  { provider, weather, milliseconds, onRequest, onFault, onRead, onRefused }: LinePorts,
  request: ProviderRequest,
  process: Owner | undefined,
  now: () => number,
): Exchange {
  const line = lineOf(request)
  const fault = line && weather.fault(line, KINDS_OF[line] ?? [])
  if (fault && line) onFault(line, fault.kind, request.path, process)
  const arrived: Arrived = {
    line: line ?? 'api',
    request,
    process,
    sentAt: now(),
    call: callOf(process),
    isPending: true,
  }
  onRequest(arrived)
  const extra = fault?.kind === 'slow' ? fault.chance.logUniform(1, 60_000) : 0
  return {
    arrival: milliseconds() + extra,
    carryOut() {
      arrived.isPending = false
      const ended = process?.state === 'dead' ? (process as { endedAt?: number }).endedAt : undefined
      if (ended !== undefined && now() - ended > DROPPED_MILLISECONDS) return undefined
      const answer = answerOf(provider, line, request, process, fault)
      if (answer === undefined) return undefined
      arrived.answer = answer
      const way = onTheWay(answer, fault, milliseconds())
      if (way.finally !== 'keep') return way
      return { ...way, onRead: () => onRead(arrived), onRefused: () => onRefused(arrived) }
    },
  }
}

/** What the provider answers; nothing if no answer leaves it. */
function answerOf(
  provider: ClickFunnels,
  line: Line | undefined,
  request: ProviderRequest,
  process: Owner | undefined,
  fault: Fault<ProviderFault> | undefined,
): Answer | undefined {
  const carryOut = () => carriedOut(provider, line, request, process, fault)
  switch (fault?.kind) {
    case 'never':
    case 'reset_before':
      return fault.kind === 'never' ? undefined : { status: 0, body: '' }
    case 'lost':
      carryOut()
      return undefined
    case 'before':
      return fault.chance.pick([UNAVAILABLE, BAD_GATEWAY, json(500, { error: 'Internal error' })])
    case 'after':
      carryOut()
      return fault.chance.pick([UNAVAILABLE, BAD_GATEWAY, json(500, { error: 'Internal error' })])
    case 'gateway':
      carryOut()
      return GATEWAY_TIMEOUT
    case 'limited':
      return limited(fault.chance)
    case 'block':
      return BLOCK_PAGE
    case 'refused':
      if (line !== 'token') return UNAUTHORIZED
      provider.noteFalseRefusal(request)
      return INVALID_GRANT
    default:
      return carryOut()
  }
}

function carriedOut(
  provider: ClickFunnels,
  line: Line | undefined,
  request: ProviderRequest,
  process: Owner | undefined,
  fault: Fault<ProviderFault> | undefined,
): Answer {
  switch (line) {
    case 'token':
      return provider.token(request, process, fault?.kind === 'odd' ? fault.chance : undefined)
    case 'revoke':
      return provider.revoke(request)
    case 'me':
      return provider.answerMe(request)
    case 'api':
      return provider.api(request)
    default:
      return json(404, { error: 'Not found' })
  }
}

function onTheWay(answer: Answer, fault: Fault<ProviderFault> | undefined, delay: number): Answered {
  const whole = bytesOf(answer)
  const segments = 1
  switch (fault?.kind) {
    case 'reset_before':
    case 'reset_after':
      return { bytes: Buffer.alloc(0), delay, segments, finally: 'reset' }
    case 'stall':
      return {
        bytes: whole.subarray(0, fault.chance.below(whole.length)),
        delay,
        segments,
        finally: 'silence',
      }
    case 'cut':
      return { bytes: whole.subarray(0, fault.chance.below(whole.length)), delay, segments, finally: 'close' }
    case 'late':
      return {
        bytes: whole,
        delay: delay + fault.chance.logUniform(2_000, 40_000),
        segments: 1 + fault.chance.below(4),
        finally: 'keep',
      }
    default:
      return { bytes: whole, delay, segments, finally: 'keep' }
  }
}

function callOf(process: Owner | undefined): number | undefined {
  return (process as { calls?: number } | undefined)?.calls
}

function bytesOf({ status, headers = {}, body }: Answer): Buffer {
  const payload = Buffer.from(body)
  const lines = Object.entries({ ...headers, 'content-length': String(payload.length) })
  const head = [`HTTP/1.1 ${status} Status`, ...lines.map(([name, value]) => `${name}: ${value}`)].join(
    '\r\n',
  )
  return Buffer.concat([Buffer.from(`${head}\r\n\r\n`), payload])
}

export function lineOf({ path }: ProviderRequest): Line | undefined {
  if (path === '/oauth/token') return 'token'
  if (path === '/oauth/revoke') return 'revoke'
  if (path === '/api/v2/me') return 'me'
  return path.startsWith('/api/') ? 'api' : undefined
}
