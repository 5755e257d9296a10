// What stands in place of the SDK's HTTP handler. A request goes to the simulated AWS and its answer comes back, each as an
// event of its own, and each may meet a fault. Timeouts are those of the SDK's own handler
// (@smithy/node-http-handler): without `throwOnRequestTimeout`, a `requestTimeout` only logs.
import { Readable } from 'node:stream'
import type { Owner, Timeline } from './timeline.ts'
import { AWS_FAULTS, type AwsFault, type Fault, type Line, type Weather } from './weather.ts'

export interface AwsAnswer {
  readonly status: number
  readonly body: object
}

/** The simulated AWS: the operation's target and its input, to the answer. */
export type Aws = (target: string, input: object) => AwsAnswer

export interface Timeouts {
  readonly connectionTimeout?: number
  readonly requestTimeout?: number
  readonly socketTimeout?: number
  readonly throwOnRequestTimeout?: boolean
}

interface SdkRequest {
  readonly headers: Readonly<Record<string, string>>
  readonly body?: unknown
}

interface SdkResponse {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array | Readable
}

/** Where a run's requests to AWS go. */
export interface AwsLine {
  readonly timeline: Timeline
  readonly weather: Weather
  readonly aws: Aws
  readonly milliseconds: () => number
  /** Called when a fault happens to a call of a process. */
  readonly onFault: (line: Line, target: string, fault: AwsFault, process: Owner | undefined) => void
  readonly onCall: (line: Line, target: string, answer: AwsAnswer, process: Owner | undefined) => void
}

/** The line of the run that is under way. */
let line: AwsLine | undefined

export function connectAws(next: AwsLine | undefined): void {
  line = next
}

export class SimulatedHandler {
  readonly metadata = { handlerProtocol: 'http/1.1' }
  timeouts: Timeouts = {}

  handle(request: SdkRequest, { abortSignal }: { abortSignal?: AbortSignal } = {}) {
    if (line === undefined) throw new Error('No run is under way')
    return exchange(line, request, this.timeouts, abortSignal)
  }

  updateHttpClientConfig(): void {}

  httpHandlerConfigs(): object {
    return {}
  }

  destroy(): void {}
}

function exchange(
  { timeline, weather, aws, milliseconds, onFault, onCall }: AwsLine,
  request: SdkRequest,
  { requestTimeout = 0, socketTimeout = 0, throwOnRequestTimeout = false }: Timeouts,
  signal: AbortSignal | undefined,
): Promise<{ response: SdkResponse }> {
  const target = request.headers['x-amz-target'] ?? ''
  const input = JSON.parse(textOf(request.body)) as object
  const where = lineOf(target)
  return new Promise((resolve, reject) => {
    const fault = weather.fault(where, AWS_FAULTS, isWrite(target))
    if (fault) onFault(where, target, fault.kind, timeline.current)
    let stalled: Readable | undefined
    const end = (error: Error) => {
      stalled?.destroy(error)
      reject(error)
    }
    const timers = [
      requestTimeout > 0 && throwOnRequestTimeout
        ? timeline.after(requestTimeout, () => end(timeoutError('requestTimeout')))
        : undefined,
    ]
    // Nothing comes on a socket between the request and the answer, so its inactivity begins with the request.
    let idle =
      socketTimeout > 0 ? timeline.after(socketTimeout, () => end(timeoutError('socketTimeout'))) : undefined
    const answer = (given: SdkResponse) => {
      if (idle) timeline.cancel(idle)
      for (const timer of timers) if (timer) timeline.cancel(timer)
      if (given.body instanceof Readable) {
        stalled = given.body
        if (socketTimeout > 0) idle = timeline.after(socketTimeout, () => end(timeoutError('socketTimeout')))
      }
      resolve({ response: given })
    }
    signal?.addEventListener(
      'abort',
      () => end(Object.assign(new Error('Request aborted'), { name: 'AbortError' })),
      {
        once: true,
      },
    )
    const process = timeline.current
    const carryOut = () => {
      const given = aws(target, input)
      onCall(where, target, given, process)
      return given
    }
    // The request goes on its way whatever becomes of the process that sent it.
    const arrival = milliseconds() + slowness(fault)
    timeline.outside(arrival, () => {
      const outcome = outcomeOf(fault, carryOut)
      if (outcome === undefined) return
      timeline.after(
        milliseconds(),
        () => {
          if (outcome instanceof Error) end(outcome)
          else answer(outcome)
        },
        process,
      )
    })
  })
}

/** What comes back of a request: an answer, the error of a broken socket, or nothing ever. */
function outcomeOf(
  fault: Fault<AwsFault> | undefined,
  carryOut: () => AwsAnswer,
): SdkResponse | Error | undefined {
  switch (fault?.kind) {
    case 'never':
      return undefined
    case 'lost':
      carryOut()
      return undefined
    case 'before':
      return serverFault()
    case 'after':
      carryOut()
      return serverFault()
    case 'reset_before':
      return reset()
    case 'reset_after':
      carryOut()
      return reset()
    case 'throttle':
      return sdkResponse({ status: 400, body: THROTTLED })
    case 'stall': {
      const { body, ...head } = sdkResponse(carryOut())
      const piece = (body as Uint8Array).subarray(0, fault.chance.below((body as Uint8Array).length))
      // Node's own answers fail in silence, too, when nothing listens.
      const stream = new Readable({ read() {} }).on('error', () => {})
      if (piece.length > 0) stream.push(piece)
      return { ...head, body: stream }
    }
    case 'duplicate':
      carryOut()
      return sdkResponse(carryOut())
    default:
      return sdkResponse(carryOut())
  }
}

function slowness(fault: Fault<AwsFault> | undefined): number {
  return fault?.kind === 'slow' ? fault.chance.logUniform(1, 300_000) : 0
}

const HEADERS = { 'content-type': 'application/x-amz-json-1.0' }
const THROTTLED = { __type: 'com.amazonaws#ThrottlingException', message: 'Rate exceeded' }
const INTERNAL = { __type: 'com.amazonaws#InternalServerError', message: 'Internal error' }

function serverFault(): SdkResponse {
  return sdkResponse({ status: 500, body: INTERNAL })
}

function sdkResponse({ status, body }: AwsAnswer): SdkResponse {
  return { statusCode: status, headers: HEADERS, body: new Uint8Array(Buffer.from(JSON.stringify(body))) }
}

function reset(): Error {
  return Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })
}

function timeoutError(which: string): Error {
  return Object.assign(new Error(`The ${which} has passed`), { name: 'TimeoutError', code: 'ETIMEDOUT' })
}

const DECODER = new TextDecoder()

function textOf(body: unknown): string {
  return typeof body === 'string' ? body : DECODER.decode(body as Uint8Array)
}

/** Whether an operation changes what is stored. */
export function isWrite(target: string): boolean {
  return !/\.(BatchGet|Get|Query|Decrypt)/.test(target)
}

function lineOf(target: string): Line {
  if (target.startsWith('DynamoDB')) return 'dynamodb'
  return target.startsWith('Trent') ? 'kms' : 'sqs'
}
