// The connections to one host of ClickFunnels, over TCP or TLS, kept for the next request.
import { connect, isIP } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { OutgoingResponse } from './answer-reader.ts'
import { Connection, type Keeping, type Message } from './connection.ts'

const MAX_KEPT = 256
const PROBE_IDLE_MILLISECONDS = 1_000

export interface Host {
  readonly secure: boolean
  /** Without the brackets that an IPv6 address has in a URL. */
  readonly hostname: string
  readonly port: number
}

export class Connections {
  readonly #host: Host
  readonly #kept: Connection[] = []
  #closed = false
  /** Of an earlier connection: the next handshake is shorter with it (RFC 8446 section 2.2). */
  #session: Buffer | undefined

  constructor(host: Host) {
    this.#host = host
  }

  /**
   * Sends a message and waits for its answer.
   * @throws OutgoingError unreachable; untrusted; timeout; lost; too_large. StaleConnection
   */
  exchange(message: Message, milliseconds: number, use: 'kept or new' | 'new'): Promise<OutgoingResponse> {
    const kept = use === 'new' ? undefined : this.#takeKept()
    return (kept ?? this.#open()).exchange(message, milliseconds, kept !== undefined)
  }

  /** Keeps no connection from now on: idle ones are closed at once, others when their exchange is done. */
  close(): void {
    this.#closed = true
    for (const connection of this.#kept.splice(0)) connection.close()
  }

  /** The one that was used last: it is the least likely to have been closed. */
  #takeKept(): Connection | undefined {
    for (let last = this.#kept.pop(); last !== undefined; last = this.#kept.pop()) {
      if (last.isFresh()) return last
      last.close()
    }
    return undefined
  }

  #open(): Connection {
    const { secure, hostname: host, port } = this.#host
    const options = {
      host,
      port,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: PROBE_IDLE_MILLISECONDS,
    }
    if (!secure) return new Connection(connect(options), 'connect', this.#keeping)
    const socket = connectTls({
      ...options,
      ...(isIP(host) === 0 && { servername: host }),
      ALPNProtocols: ['http/1.1'],
      ...(this.#session && { session: this.#session }),
    })
    socket.on('session', (session) => {
      this.#session = session
    })
    socket.on('error', () => {
      this.#session = undefined
    })
    return new Connection(socket, 'secureConnect', this.#keeping)
  }

  readonly #keeping: Keeping = {
    keep: (connection) => {
      if (!this.#closed && this.#kept.length < MAX_KEPT) this.#kept.push(connection)
      else connection.close()
    },
    drop: (connection) => {
      const place = this.#kept.lastIndexOf(connection)
      if (place !== -1) this.#kept.splice(place, 1)
    },
  }
}
