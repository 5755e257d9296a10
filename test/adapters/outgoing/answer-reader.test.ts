// What the client makes of an answer's bytes (RFC 9112): nothing from what is unclear, and never more memory or CPU than
// an answer of its size is worth.
import { afterEach, describe, expect, test } from 'vitest'
import { MAX_RESPONSE_BYTES } from '#adapters/outgoing/answer-reader.ts'
import { sendRequest } from '#adapters/outgoing/client.ts'
import { type LoopbackPeer, startPeer } from '../../support/loopback-peer.ts'

let peer: LoopbackPeer | undefined
afterEach(async () => {
  await peer?.close()
  peer = undefined
})

const bytes = (text: string) => Buffer.from(text, 'latin1')
const lines = (...all: string[]) => bytes(`${all.join('\r\n')}\r\n\r\n`)

/** The client's answer to bytes, after which the server closes the socket. */
async function read(wire: Buffer, method = 'GET') {
  peer = await startPeer((socket) => socket.end(wire))
  return sendRequest({
    method,
    url: `${peer.url}/`,
    headers: [],
    deadlineMilliseconds: 5_000,
    connection: 'conn_1',
  })
}

describe('refused is', () => {
  test.each<[string, Buffer]>([
    ['another protocol', bytes('SSH-2.0-OpenSSH_9.0\r\n')],
    ['HTTP/2', lines('HTTP/2 200 OK', 'Content-Length: 0')],
    ['a change of protocols', lines('HTTP/1.1 101 Switching Protocols', 'Upgrade: x', 'Connection: upgrade')],
    ['a status of four digits', lines('HTTP/1.1 2000 OK')],
    ['two lengths', lines('HTTP/1.1 200 OK', 'Content-Length: 1', 'Content-Length: 2')],
    ['a length said twice', lines('HTTP/1.1 200 OK', 'Content-Length: 1', 'content-length: 1')],
    ['a length in a list', lines('HTTP/1.1 200 OK', 'Content-Length: 1, 1')],
    ['a length with a sign', lines('HTTP/1.1 200 OK', 'Content-Length: +1')],
    ['a length beside chunks', lines('HTTP/1.1 200 OK', 'Content-Length: 1', 'Transfer-Encoding: chunked')],
    [
      'a coding it does not know',
      bytes('HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n1\r\na\r\n0\r\n\r\n'),
    ],
    [
      'chunks said twice',
      bytes(
        'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n',
      ),
    ],
    ['chunks in HTTP/1.0', bytes('HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n')],
    ['an early hint that closes', lines('HTTP/1.1 103 Early Hints', 'Connection: close')],
    ['an early hint of HTTP/1.0', lines('HTTP/1.0 103 Early Hints')],
    ['a folded line', lines('HTTP/1.1 200 OK', 'Content-Length: 0', 'X-A: 1', ' 2')],
    ['a space before the colon', lines('HTTP/1.1 200 OK', 'Content-Length : 0')],
    ['a header without a name', lines('HTTP/1.1 200 OK', 'Content-Length: 0', ': 1')],
    ['a line feed alone', lines('HTTP/1.1 200 OK', 'Content-Length: 0', 'X-A: 1\nX-B: 2')],
    ['a carriage return alone', lines('HTTP/1.1 200 OK', 'Content-Length: 0', 'X-A: 1\rX-B: 2')],
    ['a null', lines('HTTP/1.1 200 OK', 'Content-Length: 0', 'X-A: \0')],
    [
      'a head of more than 16 KB',
      lines('HTTP/1.1 200 OK', 'Content-Length: 0', `X-A: ${'x'.repeat(17_000)}`),
    ],
    [
      'a head of more than 500 headers',
      lines('HTTP/1.1 200 OK', 'Content-Length: 0', ...Array<string>(501).fill('a: b')),
    ],
    ['a chunk without a size', bytes('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n;x\r\n')],
    [
      'a chunk longer than it says',
      bytes('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n'),
    ],
    [
      'an endless extension',
      bytes(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;${'x'.repeat(17_000)}\r\na\r\n0\r\n\r\n`),
    ],
    ['a trailer that is none', bytes('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nx\r\n\r\n')],
    [
      'a flood of interim answers',
      bytes(`${'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(11)}HTTP/1.1 204 X\r\n\r\n`),
    ],
  ])('%s', async (_, wire) => {
    await expect(read(wire)).rejects.toMatchObject({ name: 'OutgoingError', fault: 'lost' })
  })

  test('a length of more than can be handed on, before anything of it is waited for', async () => {
    const size = MAX_RESPONSE_BYTES + 1
    const head = lines('HTTP/1.1 200 OK', `Content-Length: ${size}`)
    await expect(read(head)).rejects.toMatchObject({ fault: 'too_large', size })
    await peer?.close()
    expect(await read(head, 'HEAD')).toMatchObject({ status: 200 })
  })
})

describe('whole is', () => {
  test.each<[string, Buffer, string]>(
    [
      ['a body that ends with the socket', 'HTTP/1.1 200 OK\r\nX: 1\r\n\r\nab', 'ab'],
      [
        'a body in chunks, with extensions and trailers',
        'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;x=y\r\na\r\n2\r\n\u00ffc\r\n0\r\nX-Trailer: 1\r\n\r\n',
        'a\u00ffc',
      ],
      [
        'an answer after ten interim ones',
        `${'HTTP/1.1 103 X\r\n\r\n'.repeat(10)}HTTP/1.1 204 X\r\n\r\n`,
        '',
      ],
      ['an answer of HTTP/1.0', 'HTTP/1.0 200 OK\r\n\r\nab', 'ab'],
    ].map(([name, wire, body]) => [name ?? '', bytes(wire ?? ''), body ?? '']),
  )('%s', async (_, wire, body) => {
    expect(Buffer.from((await read(wire)).body).toString('latin1')).toBe(body)
  })

  test('a body in many pieces of all sizes, to the byte', async () => {
    const pieces = [1, 5_000, 2, 3, 16_384, 1, 1, 4_095, 4_096, 70_000, 1].map((size, i) =>
      Buffer.alloc(size, i + 97),
    )
    const chunks = pieces.map((piece) => `${piece.length.toString(16)}\r\n${piece}\r\n`)
    const answer = await read(
      bytes(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunks.join('')}0\r\n\r\n`),
    )
    expect(Buffer.from(answer.body).equals(Buffer.concat(pieces))).toBe(true)
  })
})

test('3 MB in chunks of one byte are given up early, for little memory and CPU', async () => {
  const [cpu, memory] = [process.cpuUsage(), process.memoryUsage()]
  const wire = bytes(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${'1\r\na\r\n'.repeat(3_000_000)}`)
  await expect(read(wire)).rejects.toMatchObject({ fault: 'lost', message: /10001 pieces/ })
  const used = process.cpuUsage(cpu)
  const grown = process.memoryUsage()
  process.stdout.write(
    `one-byte chunks: ${(used.user + used.system) / 1000} ms of CPU, ${Math.round((grown.rss - memory.rss) / 1e6)} MB, the server's 18 MB included\n`,
  )
})
