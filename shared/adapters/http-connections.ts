// Connections to ClickFunnels, over TCP or TLS, kept for the next request. Each carries one request at a time; one that
// did anything but answer it, in full and to the byte, is closed and not used again.
import { connect, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { AnswerReader, type OutgoingResponse } from './http-answer.ts'
import { codeOf, OutgoingError } from './outgoing-error.ts'

/** A kept connection turned out to be closed: not a byte of an answer came. */
export class StaleConnection extends Error {}

/** Codes of Node and OpenSSL for a handshake or a certificate that failed. */
const TLS_FAULT = /CERT|TLS|SSL|EPROTO|SIGNATURE/
const MOST_KEPT = 256
const PROBE_IDLE_MILLISECONDS = 1_000
/** The other side begins to count before we do. */
const MARGIN_SECONDS = 1

export interface Host {
  readonly secure: boolean
  /** Without the brackets that an IPv6 address has in a URL. */
  readonly hostname: string
  readonly port: number
}

/** A request as it goes over the wire. */
export interface Message {
  readonly method: string
  /** Request line and headers, in latin1. */
  readonly head: string
  readonly body: Uint8Array | undefined
}

interface Exchange {
  readonly reader: AnswerReader
  readonly message: Message
  readonly resolve: (answer: OutgoingResponse) => void
  readonly reject: (error: Error) => void
  readonly timer: NodeJS.Timeout
}

/** The connections to one host. */
export class Connections {
  readonly #host: Host
  readonly #kept: Connection[] = []
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

  readonly #keeping = {
    keep: (connection: Connection) => {
      if (this.#kept.length < MOST_KEPT) this.#kept.push(connection)
      else connection.close()
    },
    drop: (connection: Connection) => {
      const place = this.#kept.lastIndexOf(connection)
      if (place !== -1) this.#kept.splice(place, 1)
    },
  }
}

interface Keeping {
  readonly keep: (connection: Connection) => void
  readonly drop: (connection: Connection) => void
}

class Connection {
  readonly #socket: Socket
  readonly #keeping: Keeping
  #ready = false
  #reused = false
  #exchange: Exchange | undefined
  #freshUntil = Number.POSITIVE_INFINITY

  constructor(socket: Socket, readyEvent: 'connect' | 'secureConnect', keeping: Keeping) {
    this.#socket = socket
    this.#keeping = keeping
    socket.once(readyEvent, () => {
      this.#ready = true
      if (this.#exchange) this.#send(this.#exchange.message)
    })
    socket.on('data', (bytes: Buffer) => this.#take(bytes))
    socket.on('end', () => this.#end())
    socket.on('error', (error) => this.#break(codeOf(error)))
    socket.on('close', () => this.#break('the connection was closed'))
  }

  isFresh(): boolean {
    return performance.now() < this.#freshUntil && this.#socket.readable && this.#socket.writable
  }

  close(): void {
    this.#socket.destroy()
  }

  exchange(message: Message, milliseconds: number, reused: boolean): Promise<OutgoingResponse> {
    this.#reused = reused
    if (reused) this.#socket.ref()
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => this.#fail(new OutgoingError('timeout', 'no complete answer within the deadline')),
        milliseconds,
      )
      this.#exchange = { reader: new AnswerReader(message.method), message, resolve, reject, timer }
      if (this.#ready) this.#send(message)
    })
  }

  #send({ head, body }: Message): void {
    if (body === undefined || body.byteLength === 0) {
      this.#socket.write(head, 'latin1')
      return
    }
    this.#socket.cork()
    this.#socket.write(head, 'latin1')
    this.#socket.write(body)
    this.#socket.uncork()
  }

  #take(bytes: Buffer): void {
    // Bytes that nobody asked for must not become the next request's answer.
    if (this.#exchange === undefined) this.close()
    else this.#read(this.#exchange, bytes)
  }

  #read(exchange: Exchange, bytes: Buffer): void {
    try {
      if (exchange.reader.take(bytes)) this.#complete(exchange)
    } catch (error) {
      this.#fail(error as Error)
    }
  }

  #end(): void {
    if (this.#exchange?.reader.end()) this.#complete(this.#exchange)
    else this.#break('the connection was closed')
  }

  #complete({ reader, resolve, timer }: Exchange): void {
    clearTimeout(timer)
    this.#exchange = undefined
    // An answer before the request went out in full is one to something else.
    if (reader.reusable && this.#socket.writable && this.#socket.writableLength === 0) {
      this.#freshUntil = performance.now() + (reader.keptSeconds - MARGIN_SECONDS) * 1000
      this.#socket.unref()
      this.#keeping.keep(this)
    } else this.close()
    resolve(reader.answer())
  }

  #break(detail: string): void {
    if (this.#exchange === undefined) {
      this.#keeping.drop(this)
      this.close()
    } else if (!this.#ready) {
      this.#fail(new OutgoingError(TLS_FAULT.test(detail) ? 'untrusted' : 'unreachable', detail))
    } else {
      const stale = this.#reused && !this.#exchange.reader.begun
      this.#fail(stale ? new StaleConnection(detail) : new OutgoingError('lost', detail))
    }
  }

  #fail(error: Error): void {
    const failed = this.#exchange
    this.#exchange = undefined
    if (failed) clearTimeout(failed.timer)
    this.close()
    failed?.reject(error)
  }
}
