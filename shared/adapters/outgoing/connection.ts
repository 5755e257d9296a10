// One connection to ClickFunnels. It carries one request at a time, and says when it can be kept for the next; when it did
// anything but answer, in full and to the byte, it closes itself and is not used again.
import type { Socket } from 'node:net'
import { type Moment, secondsSince, thisMoment } from '../moment.ts'
import { AnswerReader, type OutgoingResponse } from './answer-reader.ts'
import { codeOf, OutgoingError } from './error.ts'

/** A kept connection turned out to be closed: not a byte of an answer came. */
export class StaleConnection extends Error {}

/** Codes of Node and OpenSSL for a handshake or a certificate that failed. */
const TLS_FAULT = /CERT|TLS|SSL|EPROTO|SIGNATURE/
/** The other side begins to count before we do. */
const MARGIN_SECONDS = 1

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

/** What becomes of it between two requests. */
export interface Keeping {
  readonly keep: (connection: Connection) => void
  readonly drop: (connection: Connection) => void
}

export class Connection {
  readonly #socket: Socket
  readonly #keeping: Keeping
  #ready = false
  #reused = false
  #exchange: Exchange | undefined
  /** While it is kept: since when, and how long the other side keeps it. */
  #kept: { readonly since: Moment; readonly seconds: number } | undefined

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
    const kept = this.#kept
    const over = kept !== undefined && secondsSince(kept.since) >= kept.seconds
    return !over && this.#socket.readable && this.#socket.writable
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
      this.#kept = { since: thisMoment(), seconds: reader.keptSeconds - MARGIN_SECONDS }
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
