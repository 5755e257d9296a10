// The sockets to ClickFunnels, with Node's own HTTP client on top: bytes in segments, resets, half-open sockets, silence.
// Only TLS is left out: such a socket says at once that it is secure.

import { Agent, request as httpRequest, type RequestOptions } from 'node:http'
import { Duplex } from 'node:stream'
import type { Owner, Timeline } from './timeline.ts'
import type { Fault, ProviderFault } from './weather.ts'

export interface ProviderRequest {
  readonly method: string
  readonly path: string
  readonly host: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What becomes of one request, as decided when its bytes have arrived. */
export interface Exchange {
  /** Milliseconds until the provider carries it out. */
  readonly arrival: number
  /** Carries it out; gives the bytes of the answer, or nothing if none will come. */
  carryOut(): Answered | undefined
}

export interface Answered {
  readonly bytes: Buffer
  /** Milliseconds until the answer arrives. */
  readonly delay: number
  /** Into how many segments it falls. */
  readonly segments: number
  /** What happens after the last byte. */
  readonly finally: 'keep' | 'close' | 'reset' | 'silence'
  /** Called when the process has all bytes of the answer, while it still reads them. */
  readonly onRead?: (() => void) | undefined
  /** Called when the last byte comes to a socket that the process has closed. */
  readonly onRefused?: (() => void) | undefined
}

/** Where a run's sockets lead to. */
export interface Network {
  readonly timeline: Timeline
  readonly milliseconds: () => number
  /** Whether a new socket cannot be opened. */
  connectFault(): Fault<ProviderFault> | undefined
  exchange(request: ProviderRequest, process: Owner | undefined): Exchange
}

let network: Network | undefined

export function connectNetwork(next: Network | undefined): void {
  network = next
}

class SimulatedSocket extends Duplex {
  bytesRead = 0
  connecting = true
  readonly #network: Network
  readonly #process: Owner | undefined
  #received = ''
  readonly #arrivals: (() => void)[] = []
  #onConnected: (() => void)[] = []

  constructor(network: Network) {
    super()
    this.#network = network
    this.#process = network.timeline.current
    // The fault of a socket that cannot be opened comes after the time that a handshake takes.
    const fault = network.connectFault()
    network.timeline.after(network.milliseconds(), () => {
      if (this.destroyed) return
      if (fault) {
        this.destroy(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }))
        return
      }
      this.connecting = false
      this.emit('connect')
      this.emit('secureConnect')
      for (const go of this.#onConnected) go()
    })
  }

  override _read(): void {}

  override _write(piece: Buffer, _: string, done: () => void): void {
    const send = () => {
      this.#received += piece.toString('latin1')
      this.#takeRequest()
      done()
    }
    if (this.connecting) this.#onConnected.push(send)
    else send()
  }

  override _final(done: () => void): void {
    done()
  }

  setKeepAlive(): this {
    return this
  }

  setNoDelay(): this {
    return this
  }

  setTimeout(): this {
    return this
  }

  ref(): this {
    return this
  }

  unref(): this {
    return this
  }

  /** When a whole request has come, it goes on its way. */
  #takeRequest(): void {
    const end = this.#received.indexOf('\r\n\r\n')
    if (end < 0) return
    const [first = '', ...lines] = this.#received.slice(0, end).split('\r\n')
    const headers = Object.fromEntries(
      lines.map((line) => splitAt(line, ': ')).map(([n, v]) => [n.toLowerCase(), v]),
    )
    const length = Number(headers['content-length'] ?? 0)
    const body = this.#received.slice(end + 4)
    if (body.length < length) return
    this.#received = body.slice(length)
    const [method = '', path = ''] = first.split(' ')
    const request = { method, path, host: headers.host ?? '', headers, body: body.slice(0, length) }
    this.#exchange(request)
  }

  #exchange(request: ProviderRequest): void {
    const { timeline } = this.#network
    const { arrival, carryOut } = this.#network.exchange(request, this.#process)
    timeline.outside(arrival, () => {
      const answered = carryOut()
      if (answered !== undefined) this.#deliver(answered)
    })
  }

  #deliver({ bytes, delay, segments, finally: ending, onRead, onRefused }: Answered): void {
    const { timeline } = this.#network
    const size = Math.ceil(bytes.length / segments)
    let at = delay
    for (let from = 0; from < bytes.length; from += size) {
      const piece = bytes.subarray(from, from + size)
      const isLast = from + size >= bytes.length
      this.#arrive(at, () => {
        if (this.destroyed) return
        this.bytesRead += piece.length
        this.push(piece)
        if (isLast) onRead?.()
      })
      at += 1
    }
    timeline.outside(at, () => {
      if (this.destroyed) onRefused?.()
    })
    if (ending === 'close' || ending === 'reset') {
      this.#arrive(at, () => {
        if (ending === 'close') this.push(null)
        else this.destroy(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }))
      })
    }
  }

  /** What came while the process stood still is due at once, in any order. A socket still gives its bytes in theirs. */
  #arrive(milliseconds: number, read: () => void): void {
    this.#arrivals.push(read)
    this.#network.timeline.after(milliseconds, () => this.#arrivals.shift()?.(), this.#process)
  }
}

function splitAt(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator)
  return [text.slice(0, at), text.slice(at + separator.length)]
}

/** node:https, as our client uses it. */
class SimulatedAgent extends Agent {
  readonly protocol = 'https:'
  readonly defaultPort = 443

  override createConnection(): Duplex {
    if (network === undefined) throw new Error('No run is under way')
    return new SimulatedSocket(network)
  }
}

export const simulatedHttps = {
  Agent: SimulatedAgent,
  request: (options: RequestOptions) => httpRequest(options),
}
