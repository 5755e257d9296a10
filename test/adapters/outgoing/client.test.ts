// The client to ClickFunnels, byte for byte, against a server that answers as badly as a network can.
import { afterEach, describe, expect, test } from 'vitest'
import { MAX_RESPONSE_BYTES } from '#adapters/outgoing/answer-reader.ts'
import { type OutgoingRequest, sendRequest } from '#adapters/outgoing/client.ts'
import { type LoopbackPeer, type Peer, startPeer, wire } from '../../support/loopback-peer.ts'

let peer: LoopbackPeer | undefined
afterEach(async () => {
  await peer?.close()
  peer = undefined
})

const OK: Peer = (socket) => socket.write(wire(200))
async function send(answer: Peer, request: Partial<OutgoingRequest> & { target?: string } = {}) {
  peer ??= await startPeer(answer)
  const { target = '/', ...rest } = request
  return sendRequest({
    method: 'GET',
    url: peer.url + target,
    headers: [],
    deadlineMilliseconds: 5_000,
    connection: 'conn_1',
    ...rest,
  })
}
const sent = () => peer?.requests.at(-1) ?? ''

describe('a request', () => {
  test.each([
    '/api/v2/funnels?filter[id]=1,2&expand[]=a&expand[]=b',
    '/a%2fb%2F/%7Ex/~x/%E2%82%AC?q=a+b%20c&%5B&=&&e=',
    '/a/../b/./c//d?x=http://y/z?w',
    '/!$&\'()*+,;=:@?|^`{}"<>',
    '/',
    '/?',
  ])('goes out with its path and query to the letter: %s', async (target) => {
    await send(OK, { target })
    expect(sent().split('\r\n')[0]).toBe(`GET ${target} HTTP/1.1`)
  })

  test('carries its headers as given, in order, repeated ones repeated, and names its host', async () => {
    const headers = [
      ['x-a', '1'],
      ['accept', 'a/b'],
      ['x-a', '2'],
    ] as const
    await send(OK, { headers })
    expect(sent()).toContain('\r\nx-a: 1\r\naccept: a/b\r\nx-a: 2\r\n')
    expect(sent().match(/\r\nhost: /gi)).toHaveLength(1)
    expect(sent()).toContain(`Host: ${new URL(peer?.url ?? '').host}\r\n`)
  })

  test("names us to ClickFunnels, unless the caller's own client is named", async () => {
    const agents = () => sent().match(/user-agent: .*/gi)
    await send(OK)
    expect(agents()).toEqual(['user-agent: FunnelConnect/1.0'])
    await send(OK, { headers: [['user-agent', 'Saas/2']] })
    expect(agents()).toEqual(['user-agent: Saas/2'])
    await send(OK, { headers: [['user-agent', ' ']] })
    expect(agents()).toEqual(['user-agent: FunnelConnect/1.0'])
  })

  test.each(['POST', 'PUT', 'PATCH', 'DELETE', 'GET'])('by %s carries its bytes, counted', async (method) => {
    await send(OK, { method, body: Uint8Array.of(0, 255, 13, 10) })
    expect(sent()).toMatch(/\r\ncontent-length: 4\r\n/i)
    expect(sent().split('\r\n\r\n')[1]).toBe('\u0000\u00ff\r\n')
    expect(sent()).not.toMatch(/transfer-encoding/i)
  })

  test.each([
    ['POST', ['content-length: 0']],
    ['PUT', ['content-length: 0']],
    ['PATCH', ['content-length: 0']],
    ['GET', null],
    ['DELETE', null],
  ])('by %s without a body says no more about it than it has to', async (method, length) => {
    await send(OK, { method })
    expect(sent().match(/content-length: .*/gi)).toEqual(length)
    expect(sent()).not.toMatch(/transfer-encoding/i)
  })

  test('names the host that it goes to and counts its own bytes, whatever its headers say', async () => {
    const headers = [
      ['host', 'elsewhere.example'],
      ['content-length', '1'],
    ] as const
    await send(OK, { method: 'POST', headers, body: Uint8Array.of(1, 2) })
    expect(sent().match(/^host: .*$/gim)).toEqual([`Host: ${new URL(peer?.url ?? '').host}`])
    expect(sent().match(/^content-length: .*$/gim)).toEqual(['content-length: 2'])
  })

  test.each<[string, Partial<OutgoingRequest> & { target?: string }]>([
    ['a line break in a header', { headers: [['x', 'a\r\nx-evil: 1']] }],
    ['a header name with a space', { headers: [['x y', 'a']] }],
    ['a space in the query', { target: '/?a b' }],
    ['a line break in the query', { target: '/?a\r\nx-evil: 1' }],
    ['a letter in the query that is not encoded', { target: '/?ü€' }],
  ])('with %s is not sent', async (_, request) => {
    await expect(send(OK, request)).rejects.toMatchObject({ fault: 'invalid' })
    expect(peer?.requests).toEqual([])
  })
})

describe('an answer', () => {
  test('comes back with status, bytes and headers as they were, repeated ones repeated', async () => {
    const lines = ['Link: <a>', 'X-Odd:  b ', 'link: <b>', 'Set-Cookie: a=b']
    const { status, headers, body } = await send((socket) => socket.write(wire(422, lines, '{"ü":1}')))
    expect([status, Buffer.from(body).toString()]).toEqual([422, '{"ü":1}'])
    expect(headers).toEqual([
      ['content-length', '8'],
      ['link', '<a>'],
      ['x-odd', 'b'],
      ['link', '<b>'],
      ['set-cookie', 'a=b'],
    ])
  })

  test('that is compressed stays as it is', async () => {
    const answer = await send((socket) =>
      socket.write(wire(200, ['Content-Encoding: gzip'], 'no gzip at all')),
    )
    expect(Buffer.from(answer.body).toString()).toBe('no gzip at all')
  })

  test.each([301, 302, 303, 307, 308])('that redirects (%i) is an answer as any other', async (status) => {
    const answer = await send((socket) => socket.write(wire(status, ['Location: http://127.0.0.1:1/'])))
    expect(answer.status).toBe(status)
    expect(peer?.requests).toHaveLength(1)
  })

  test('that says "wait" first is the one that comes in the end', async () => {
    const peer: Peer = (socket) => socket.write(`HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n${wire(204)}`)
    expect(await send(peer)).toMatchObject({ status: 204 })
  })

  test('may be as large as can be handed on', async () => {
    const answer: Peer = (socket) => socket.write(wire(200, [], 'x'.repeat(MAX_RESPONSE_BYTES)))
    expect((await send(answer)).body.byteLength).toBe(MAX_RESPONSE_BYTES)
  })

  test('that is larger is cut off: nothing goes on being read', async () => {
    const endless: Peer = (socket) => {
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')
      const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`
      const more = () => {
        while (socket.writable && socket.write(chunk));
        if (socket.writable) socket.once('drain', more)
      }
      more()
    }
    await expect(send(endless)).rejects.toMatchObject({ fault: 'too_large' })
    await expect.poll(() => peer?.open.size).toBe(0)
  })
})
