// An answer, read from bytes as RFC 9112 has it: in whatever pieces they come, never another answer than node:http's
// parser reads from them, and nothing from what is unclear.
import { type IncomingMessage, request } from 'node:http'
import { Duplex } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AnswerReader, MAX_RESPONSE_BYTES } from '#adapters/outgoing/answer-reader.ts'

const RUNS = Number(process.env.ANSWER_RUNS ?? 300)
const bytes = (text: string) => Buffer.from(text, 'latin1')
const lines = (...all: string[]) => bytes(`${all.join('\r\n')}\r\n\r\n`)

interface Read {
  readonly status: number
  readonly headers: readonly (readonly [string, string])[]
  readonly body: string
}

/** What the reader makes of pieces, after which the connection ends. */
function read(pieces: readonly Buffer[], method = 'GET'): Read | undefined {
  const reader = new AnswerReader(method)
  if (!pieces.some((piece) => reader.take(piece)) && !reader.end()) return undefined
  return readOf(reader)
}

function readOf(reader: AnswerReader): Read {
  const { status, headers, body } = reader.answer()
  return { status, headers, body: Buffer.from(body).toString('latin1') }
}

/** The same byte by byte, with those that belong to the answer; nothing when it is refused or not whole. */
function readOrRefused(wire: Buffer, method: string): { answer: Read; taken: Buffer } | undefined {
  const reader = new AnswerReader(method)
  try {
    for (let at = 0; at < wire.length; at++) {
      if (reader.take(wire.subarray(at, at + 1)))
        return { answer: readOf(reader), taken: wire.subarray(0, at + 1) }
    }
  } catch (error) {
    expect(error).toMatchObject({ name: 'OutgoingError', fault: 'lost' })
    return undefined
  }
  return reader.end() ? { answer: readOf(reader), taken: wire } : undefined
}

/** What node:http makes of them. */
function readByNode(pieces: readonly Buffer[], method: string): Promise<Read | undefined> {
  const wire = new Duplex({ read: () => {}, write: (_chunk, _encoding, written) => written() })
  return new Promise((resolve) => {
    const outgoing = request({ method, createConnection: () => wire })
    outgoing.on('error', () => resolve(undefined))
    outgoing.on('upgrade', () => resolve(undefined))
    outgoing.on('response', (response: IncomingMessage) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk) => chunks.push(chunk))
      response.on('error', () => resolve(undefined))
      response.on('end', () => {
        const { rawHeaders: raw, statusCode: status = 0 } = response
        const headers = raw.flatMap((name, i) =>
          i % 2 === 0 ? [[name.toLowerCase(), raw[i + 1] ?? ''] as const] : [],
        )
        resolve({ status, headers, body: Buffer.concat(chunks).toString('latin1') })
      })
    })
    outgoing.end()
    for (const piece of pieces) wire.push(piece)
    wire.push(null)
  })
}

const text = (alphabet: string, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...alphabet), maxLength })
const header = fc.record({
  name: fc.constantFrom('Link', 'x-a', 'Set-Cookie', 'Keep-Alive', 'Content-Type', 'X-Odd_~|'),
  value: text('ab=;,:<>/"\u00fc 1', 12),
})
const framing = fc.oneof(
  fc.record({ kind: fc.constant('length'), body: text('ab\r\n:\u00ff', 20) }),
  fc.record({ kind: fc.constant('chunked'), body: text('ab\r\n0\u00ff', 20) }),
  fc.record({ kind: fc.constant('to the end'), body: text('ab\r\n:\u00ff', 20) }),
)

/** An answer as a server may send it. */
const answer = fc
  .record({
    status: fc.constantFrom(200, 201, 204, 304, 404, 422, 500),
    early: fc.boolean(),
    headers: fc.array(header, { maxLength: 4 }),
    framing,
    chunkSize: fc.integer({ min: 1, max: 8 }),
  })
  .map(({ status, early, headers, framing: { kind, body }, chunkSize }) => {
    const empty = status === 204 || status === 304
    const fields = headers.map(({ name, value }) => `${name}: ${value}`)
    if (kind === 'length' && !empty) fields.push(`Content-Length: ${body.length}`)
    if (kind === 'chunked' && !empty) fields.push('Transfer-Encoding: chunked')
    const chunks = body.match(new RegExp(`[^]{1,${chunkSize}}`, 'g')) ?? []
    const chunked = chunks.map((chunk) => `${chunk.length.toString(16)};x=y\r\n${chunk}\r\n`).join('')
    const framed = kind === 'chunked' ? `${chunked}0\r\nX-Trailer: 1\r\n\r\n` : body
    const head = `HTTP/1.1 ${status} Some Reason\r\n${fields.map((field) => `${field}\r\n`).join('')}\r\n`
    return {
      head: `${early ? 'HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n' : ''}${head}`,
      rest: empty ? '' : framed,
    }
  })

/** With the method that it answers: to HEAD there is a head alone. */
const answered = fc
  .record({ answer, method: fc.constantFrom('GET', 'POST', 'HEAD') })
  .map(({ answer: { head, rest }, method }) => ({ method, whole: method === 'HEAD' ? head : head + rest }))

const pieces = (whole: string, sizes: readonly number[]) => {
  const found: Buffer[] = []
  let rest = bytes(whole)
  for (const size of sizes) {
    found.push(rest.subarray(0, size))
    rest = rest.subarray(size)
  }
  return [...found, rest].filter(({ length }) => length > 0)
}
const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 30 })

describe('beside the parser of node:http', () => {
  test('an answer that is whole reads the same, in whatever pieces it comes', async () => {
    await fc.assert(
      fc.asyncProperty(answered, sizes, async ({ whole, method }, sized) => {
        const found = read(pieces(whole, sized), method)
        expect(found).toBeDefined()
        expect(found).toEqual(await readByNode([bytes(whole)], method))
      }),
      { numRuns: RUNS },
    )
  })

  test('from bytes that were spoilt on the way nothing is read that it would not read', async () => {
    let accepted = 0
    const spoilt = fc.record({
      at: fc.integer({ min: 0, max: 300 }),
      by: fc.constantFrom(
        '',
        '\r',
        '\n',
        '\r\n',
        '\0',
        ' ',
        '\t',
        ':',
        '0',
        '1',
        'f',
        ',',
        ';',
        '\u00ff',
        'content-length: 1\r\n',
      ),
      dropped: fc.integer({ min: 0, max: 3 }),
    })
    await fc.assert(
      fc.asyncProperty(
        answered,
        fc.array(spoilt, { minLength: 1, maxLength: 2 }),
        async ({ whole, method }, all) => {
          let broken = whole
          for (const { at, by, dropped } of all) {
            const place = at % (broken.length + 1)
            broken = broken.slice(0, place) + by + broken.slice(place + dropped)
          }
          const found = readOrRefused(bytes(broken), method)
          if (found === undefined) return
          accepted += 1
          expect(found.answer).toEqual(await readByNode([found.taken], method))
        },
      ),
      { numRuns: RUNS },
    )
    // Else nothing would have been compared.
    expect(accepted).toBeGreaterThan(RUNS / 20)
  })
})

describe('refused is', () => {
  test.each<[string, Buffer]>([
    ['another protocol', bytes('SSH-2.0-OpenSSH_9.0\r\n')],
    ['HTTP/2', lines('HTTP/2 200 OK', 'Content-Length: 0')],
    ['a change of protocols', lines('HTTP/1.1 101 Switching Protocols', 'Upgrade: x')],
    ['a status of four digits', lines('HTTP/1.1 2000 OK')],
    ['two lengths', lines('HTTP/1.1 200 OK', 'Content-Length: 1', 'Content-Length: 2')],
    ['a length said twice', lines('HTTP/1.1 200 OK', 'Content-Length: 1', 'content-length: 1')],
    ['a length in a list', lines('HTTP/1.1 200 OK', 'Content-Length: 1, 1')],
    ['a length with a sign', lines('HTTP/1.1 200 OK', 'Content-Length: +1')],
    ['a length beside chunks', lines('HTTP/1.1 200 OK', 'Content-Length: 1', 'Transfer-Encoding: chunked')],
    ['a coding it does not know', lines('HTTP/1.1 200 OK', 'Transfer-Encoding: gzip, chunked')],
    [
      'chunks said twice',
      lines('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'),
    ],
    ['chunks in HTTP/1.0', lines('HTTP/1.0 200 OK', 'Transfer-Encoding: chunked')],
    ['chunks with a tab behind', lines('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked\t')],
    ['an early hint that closes', lines('HTTP/1.1 103 Early Hints', 'Connection: close')],
    ['an early hint of HTTP/1.0', lines('HTTP/1.0 103 Early Hints')],
    ['a folded line', lines('HTTP/1.1 200 OK', 'X-A: 1', ' 2')],
    ['a space before the colon', lines('HTTP/1.1 200 OK', 'Content-Length : 1')],
    ['a header without a name', lines('HTTP/1.1 200 OK', ': 1')],
    ['a line feed alone', lines('HTTP/1.1 200 OK', 'X-A: 1\nX-B: 2')],
    ['a carriage return alone', lines('HTTP/1.1 200 OK', 'X-A: 1\rX-B: 2')],
    ['a null', lines('HTTP/1.1 200 OK', 'X-A: \0')],
    ['an endless head', bytes(`HTTP/1.1 200 OK\r\nX-A: ${'x'.repeat(17_000)}`)],
    ['a chunk without a size', bytes('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n;x\r\n')],
    [
      'a chunk of a size in nine digits',
      bytes('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n000000001\r\n'),
    ],
    [
      'a chunk longer than it says',
      bytes('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n'),
    ],
    [
      'an endless extension',
      bytes(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;${'x'.repeat(17_000)}`),
    ],
    ['a trailer that is none', bytes('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nx\r\n\r\n')],
  ])('%s', (_, wire) => {
    expect(() => read([wire])).toThrow(expect.objectContaining({ name: 'OutgoingError', fault: 'lost' }))
  })

  test('a length of more than can be handed on, before anything of it is waited for', () => {
    const size = MAX_RESPONSE_BYTES + 1
    const head = lines('HTTP/1.1 200 OK', `Content-Length: ${size}`)
    expect(() => read([head])).toThrow(expect.objectContaining({ fault: 'too_large', size }))
    expect(read([head], 'HEAD')).toMatchObject({ status: 200, body: '' })
  })
})

describe('the connection is not used again', () => {
  const reusable = (wire: Buffer, method = 'GET') => {
    const reader = new AnswerReader(method)
    if (!reader.take(wire)) reader.end()
    return reader.reusable
  }

  test.each<[string, Buffer]>([
    ['that says it closes', lines('HTTP/1.1 200 OK', 'Content-Length: 0', 'Connection: x, Close')],
    ['of HTTP/1.0', lines('HTTP/1.0 200 OK', 'Content-Length: 0')],
    ['that ended with it', lines('HTTP/1.1 200 OK')],
    ['with more behind it', bytes('HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab')],
    ['with another behind it', bytes('HTTP/1.1 204 X\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')],
  ])('after an answer %s', (_, wire) => {
    expect(reusable(wire)).toBe(false)
  })

  test('but after any other', () => {
    expect(reusable(lines('HTTP/1.1 200 OK', 'Content-Length: 0', 'Connection: keep-alive'))).toBe(true)
    expect(reusable(lines('HTTP/1.1 200 OK', 'Content-Length: 9'), 'HEAD')).toBe(true)
  })
})
