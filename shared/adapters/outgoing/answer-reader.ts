// Reads one answer of ClickFunnels' from node:http, within bounds: its bytes, its headers, and how many pieces it comes in.
// Node's parser is strict (RFC 9112); what it takes and a second reader could read differently is refused here.
import type { IncomingMessage } from 'node:http'
import type { HeaderList } from '#domain/provider/resource-server.ts'
import { OutgoingError } from './error.ts'

export interface OutgoingResponse {
  readonly status: number
  /** Names in lower case, in order, repeated ones repeated. */
  readonly headers: HeaderList
  readonly body: Uint8Array
}

/** The most that a Lambda function can answer with (6 MB). */
export const MAX_RESPONSE_BYTES = 6 * 1024 * 1024
const MAX_HEADERS = 500
/** From this many pieces on, they have to hold `MIN_PIECE_BYTES` on average: each costs about 2 µs and 100 bytes. */
const MAX_SMALL_PIECES = 10_000
const MIN_PIECE_BYTES = 64
/** Pieces are joined to blocks of this size, so that many small ones take no more memory than their bytes. */
const BLOCK_BYTES = 16 * 1024
const KEEP_ALIVE_TIMEOUT = /(?:^|[,\t ])timeout=(\d{1,6})/i

/** The headers, and how long the other side says that it keeps the socket, in seconds. */
export interface Head {
  readonly headers: HeaderList
  readonly keptSeconds: number
}

/**
 * Reads the head.
 * @throws OutgoingError lost; too_large
 */
export function readHead(response: IncomingMessage, method: string): Head {
  const { rawHeaders, httpVersion, statusCode } = response
  if (rawHeaders.length > 2 * MAX_HEADERS) throw malformed(`more than ${MAX_HEADERS} headers`)
  const headers: [string, string][] = []
  let keptSeconds = Number.POSITIVE_INFINITY
  let chunked = false
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] ?? '').toLowerCase()
    const value = rawHeaders[i + 1] ?? ''
    headers.push([name, value])
    if (name === 'transfer-encoding') {
      if (chunked || httpVersion !== '1.1' || value.toLowerCase() !== 'chunked')
        throw malformed('an unknown coding')
      chunked = true
    } else if (name === 'keep-alive') {
      keptSeconds = Number(KEEP_ALIVE_TIMEOUT.exec(value)?.[1] ?? keptSeconds)
    } else if (name === 'content-length' && method !== 'HEAD' && statusCode !== 304) {
      if (Number(value) > MAX_RESPONSE_BYTES) throw tooLarge(Number(value))
    }
  }
  return { headers, keptSeconds }
}

/** Collects the body, piece by piece. */
export class Body {
  readonly #blocks: Buffer[] = []
  #size = 0
  #pieces = 0
  /** The last block, while small pieces are copied into it. */
  #open: { readonly block: Buffer; filled: number } | undefined

  /** @throws OutgoingError too_large; lost when it comes in too many small pieces */
  take(piece: Buffer): void {
    this.#size += piece.length
    this.#pieces += 1
    if (this.#size > MAX_RESPONSE_BYTES) throw tooLarge(this.#size)
    if (this.#pieces > MAX_SMALL_PIECES && this.#size < this.#pieces * MIN_PIECE_BYTES) {
      throw malformed(`${this.#pieces} pieces of less than ${MIN_PIECE_BYTES} bytes`)
    }
    if (piece.length >= BLOCK_BYTES / 4) {
      this.#close()
      this.#blocks.push(piece)
    } else this.#copy(piece)
  }

  whole(): Uint8Array {
    this.#close()
    const [first] = this.#blocks
    return first !== undefined && this.#blocks.length === 1 ? first : Buffer.concat(this.#blocks, this.#size)
  }

  #copy(piece: Buffer): void {
    // Most answers are one small piece: it is kept as it is, and copied only when a second one follows.
    if (this.#pieces === 1) {
      this.#blocks.push(piece)
      return
    }
    if (this.#open === undefined || this.#open.filled + piece.length > BLOCK_BYTES) {
      this.#close()
      this.#open = { block: Buffer.allocUnsafe(BLOCK_BYTES), filled: 0 }
    }
    piece.copy(this.#open.block, this.#open.filled)
    this.#open.filled += piece.length
  }

  #close(): void {
    if (this.#open) this.#blocks.push(this.#open.block.subarray(0, this.#open.filled))
    this.#open = undefined
  }
}

export function malformed(detail: string): OutgoingError {
  return new OutgoingError('lost', `the answer is not HTTP/1.1: ${detail}`)
}

function tooLarge(size: number): OutgoingError {
  return new OutgoingError('too_large', `${size} bytes, ${MAX_RESPONSE_BYTES} at the most`, size)
}
