// Reads one HTTP/1.1 answer from the bytes of a connection (RFC 9112), in whatever pieces they come. Strict: where the
// RFC lets a client guess what a sender meant, this does not, since what one reader takes for the end of an answer, and
// another does not, ends in somebody else's answer. Bytes of bodies are not looked at.
import type { HeaderList } from '#domain/provider/resource-server.ts'
import { OutgoingError } from './error.ts'

export interface OutgoingResponse {
  readonly status: number
  /** Names in lower case, in order, repeated ones repeated. */
  readonly headers: HeaderList
  readonly body: Uint8Array
}

/** What a Lambda function can answer with, at the most (6 MB). */
export const MAX_RESPONSE_BYTES = 6 * 1024 * 1024
/** As node:http has it. */
const MAX_HEAD_BYTES = 16 * 1024

const STATUS_LINE = /^HTTP\/1\.([01]) ([1-5]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?$/
/** No space before the colon, no line that goes on with the next (section 5.2), no control character. */
const FIELD_LINE = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[\t ]*([\t\x20-\x7e\x80-\xff]*)$/
const SPACE_AT_THE_END = /[\t ]+$/
const CHUNK_SIZE = /^([0-9A-Fa-f]{1,8})(?:;[!#$%&'*+\-.^_`|~0-9A-Za-z]+(?:=[!#$%&'*+\-.^_`|~0-9A-Za-z]+)?)*$/
const KEPT = /(?:^|[,\t ])timeout=(\d{1,6})/i
const NOTHING = Buffer.alloc(0)

type Expected = 'head' | 'length' | 'chunk size' | 'chunk' | 'end of chunk' | 'trailers' | 'end' | 'nothing'

export class AnswerReader {
  /** Whether the connection can take another request, once the answer is complete. */
  reusable = false
  /** For how long the other side says that it keeps the connection, in seconds. */
  keptSeconds = Number.POSITIVE_INFINITY
  readonly #toHead: boolean
  #expected: Expected = 'head'
  /** What came and is not enough for the next step. */
  #rest: Buffer = NOTHING
  #status = 0
  #headers: [string, string][] = []
  readonly #chunks: Buffer[] = []
  #size = 0
  /** Bytes of the body, or of the chunk, that are to come. */
  #left = 0

  constructor(method: string) {
    this.#toHead = method === 'HEAD'
  }

  /** Whether anything has come. */
  get begun(): boolean {
    return this.#status !== 0 || this.#rest.length > 0
  }

  /**
   * Takes what came.
   * @returns whether the answer is complete
   * @throws OutgoingError lost; too_large
   */
  take(bytes: Buffer): boolean {
    let rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes])
    while (this.#expected !== 'nothing') {
      const taken = this.#step(rest)
      if (taken === undefined) {
        this.#rest = rest
        return false
      }
      rest = taken === rest.length ? NOTHING : rest.subarray(taken)
    }
    // Nobody asked for more than this answer: the next request must not take it for its own.
    if (rest.length > 0) this.reusable = false
    return true
  }

  /**
   * The connection has ended.
   * @returns whether that completes the answer
   */
  end(): boolean {
    if (this.#expected !== 'end') return false
    this.#expected = 'nothing'
    return true
  }

  answer(): OutgoingResponse {
    const [first] = this.#chunks
    const whole = first !== undefined && this.#chunks.length === 1
    const body = whole ? first : Buffer.concat(this.#chunks, this.#size)
    return { status: this.#status, headers: this.#headers, body }
  }

  /** @returns how many bytes it took, or `undefined` when it takes more than there are */
  #step(bytes: Buffer): number | undefined {
    switch (this.#expected) {
      case 'head':
        return this.#head(bytes)
      case 'trailers':
        return this.#trailer(bytes)
      case 'chunk size': {
        const line = lineOf(bytes)
        if (line === undefined) return undefined
        const size = CHUNK_SIZE.exec(line)?.[1]
        if (size === undefined) throw malformed('a chunk without a size')
        this.#left = Number.parseInt(size, 16)
        this.#expected = this.#left === 0 ? 'trailers' : 'chunk'
        return line.length + 2
      }
      case 'end of chunk':
        if (bytes.length < 2) return undefined
        if (lineOf(bytes) !== '') throw malformed('a chunk longer than it says')
        this.#expected = 'chunk size'
        return 2
      default:
        return this.#body(bytes)
    }
  }

  #head(bytes: Buffer): number | undefined {
    const end = bytes.indexOf('\r\n\r\n')
    if (end > MAX_HEAD_BYTES || (end === -1 && bytes.length > MAX_HEAD_BYTES)) {
      throw malformed(`a head of more than ${MAX_HEAD_BYTES} bytes`)
    }
    if (end === -1) {
      if (bytes.length >= 5 && bytes.toString('latin1', 0, 5) !== 'HTTP/') throw malformed('no HTTP')
      return undefined
    }
    const lines = bytes.toString('latin1', 0, end).split('\r\n')
    const [, minor, status] = STATUS_LINE.exec(lines[0] ?? '') ?? []
    if (status === undefined) throw malformed('no HTTP')
    const headers: [string, string][] = []
    for (let i = 1; i < lines.length; i++) headers.push(fieldOf(lines[i] ?? ''))
    this.#status = Number(status)
    // A change of protocols was not asked for.
    if (this.#status === 101) throw malformed('another protocol')
    if (this.#status < 200 && (minor !== '1' || closes(headers))) throw malformed('an end before the answer')
    if (this.#status >= 200) {
      this.#headers = headers
      this.#frame(minor === '1', headers)
    }
    return end + 4
  }

  /** Where the body ends (section 6.3). */
  #frame(persistent: boolean, headers: HeaderList): void {
    let length: string | undefined
    let chunked = false
    this.reusable = persistent && !closes(headers)
    for (const [name, value] of headers) {
      if (name === 'content-length') {
        if (length !== undefined || !/^\d{1,15}$/.test(value)) throw malformed('an unclear length')
        length = value
      } else if (name === 'transfer-encoding') {
        if (chunked || !persistent || value.toLowerCase() !== 'chunked') throw malformed('an unknown coding')
        chunked = true
      } else if (name === 'keep-alive')
        this.keptSeconds = Number(KEPT.exec(value)?.[1] ?? Number.POSITIVE_INFINITY)
    }
    if (chunked && length !== undefined) throw malformed('two lengths')
    const empty = this.#toHead || this.#status === 204 || this.#status === 304
    this.#left = Number(length ?? 0)
    if (!empty && this.#left > MAX_RESPONSE_BYTES) throw tooLarge(this.#left)
    if (empty || (length !== undefined && this.#left === 0)) this.#expected = 'nothing'
    else if (chunked) this.#expected = 'chunk size'
    else if (length !== undefined) this.#expected = 'length'
    else {
      this.#expected = 'end'
      this.reusable = false
    }
  }

  #body(bytes: Buffer): number | undefined {
    if (bytes.length === 0) return undefined
    const taken = this.#expected === 'end' ? bytes.length : Math.min(this.#left, bytes.length)
    this.#size += taken
    if (this.#size > MAX_RESPONSE_BYTES) throw tooLarge(this.#size)
    this.#chunks.push(taken === bytes.length ? bytes : bytes.subarray(0, taken))
    if (this.#expected === 'end') return taken
    this.#left -= taken
    if (this.#left === 0) this.#expected = this.#expected === 'chunk' ? 'end of chunk' : 'nothing'
    return taken
  }

  /** Checked, and dropped: API Gateway has no way to carry them on. */
  #trailer(bytes: Buffer): number | undefined {
    const line = lineOf(bytes)
    if (line === undefined) return undefined
    if (line === '') this.#expected = 'nothing'
    else fieldOf(line)
    return line.length + 2
  }
}

function fieldOf(line: string): [string, string] {
  const [, name, value = ''] = FIELD_LINE.exec(line) ?? []
  if (name === undefined) throw malformed('an unclear header')
  const lower = name.toLowerCase()
  if (lower === 'transfer-encoding' && value.includes('\t')) throw malformed('an unknown coding')
  return [lower, value.replace(SPACE_AT_THE_END, '')]
}

/** Whether the other side says that it will use the connection no more. */
function closes(headers: HeaderList): boolean {
  return headers.some(([name, value]) => name === 'connection' && /(^|[,\t ])close($|[,\t ])/i.test(value))
}

/** Up to the first line break, which has to be a whole one. */
function lineOf(bytes: Buffer): string | undefined {
  const end = bytes.indexOf('\r\n')
  if (end > MAX_HEAD_BYTES || (end === -1 && bytes.length > MAX_HEAD_BYTES))
    throw malformed('an endless line')
  return end === -1 ? undefined : bytes.toString('latin1', 0, end)
}

function malformed(detail: string): OutgoingError {
  return new OutgoingError('lost', `the answer is not HTTP/1.1: ${detail}`)
}

function tooLarge(size: number): OutgoingError {
  return new OutgoingError('too_large', `${size} bytes, ${MAX_RESPONSE_BYTES} at the most`, size)
}
