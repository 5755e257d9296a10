// What the client to ClickFunnels says of a network that fails, and when it may send a request again.
import { afterEach, describe, expect, test, vi } from 'vitest'
import { sendRequest } from '#adapters/outgoing/client.ts'
import { MAX_POOLS } from '#adapters/outgoing/sockets.ts'
import { type LoopbackPeer, type Peer, startPeer, wire } from '../../support/loopback-peer.ts'

const peers: LoopbackPeer[] = []
afterEach(async () => {
  for (const peer of peers.splice(0)) await peer.close()
})

async function start(answer: Peer) {
  const peer = await startPeer(answer)
  peers.push(peer)
  const send = (method = 'GET', deadlineMilliseconds = 5_000, connection = 'conn_1') =>
    sendRequest({ method, url: `${peer.url}/`, headers: [], deadlineMilliseconds, connection })
  return { peer, send }
}

describe('the deadline', () => {
  test.each<[string, Peer]>([
    ['nothing comes', () => {}],
    ['the head never ends', (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Le')],
    ['the body never ends', (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx')],
  ])('ends the wait when %s, and closes the connection', async (_, answer) => {
    const { peer, send } = await start(answer)
    await expect(send('GET', 250)).rejects.toMatchObject({ name: 'OutgoingError', fault: 'timeout' })
    expect(peer.requests).toHaveLength(1)
    await expect.poll(() => peer.open.size).toBe(0)
  })

  test('that has passed already is told as such', async () => {
    const { send } = await start(() => {})
    await expect(send('GET', 0)).rejects.toMatchObject({ fault: 'timeout' })
  })

  test('is not enforced on an answer that came while the process had no CPU', async () => {
    const { send } = await start((socket) => {
      socket.write(wire(200))
      const until = performance.now() + 300
      while (performance.now() < until);
    })
    expect(await send('POST', 200)).toMatchObject({ status: 200 })
  })

  test('leaves the next request alone', async () => {
    const { send } = await start((socket, { connection }) => connection > 0 && socket.write(wire(200)))
    await expect(send('GET', 60)).rejects.toMatchObject({ fault: 'timeout' })
    expect(await send()).toMatchObject({ status: 200 })
  })
})

describe('a connection', () => {
  test('that is refused means that nothing was sent', async () => {
    const { peer, send } = await start(() => {})
    await peer.close()
    await expect(send('POST')).rejects.toMatchObject({ fault: 'unreachable', message: 'ECONNREFUSED' })
  })

  test.each<[string, Peer]>([
    ['without an answer', (socket) => socket.destroy()],
    ['by a reset', (socket) => socket.resetAndDestroy()],
    ['in the head', (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-')],
    ['in the body', (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx')],
    ['in a chunk', (socket) => socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nx')],
    ['after an answer that is no HTTP', (socket) => socket.end('SSH-2.0-OpenSSH_9.0\r\n')],
  ])('that breaks %s leaves the outcome open, and nothing is sent twice', async (_, answer) => {
    for (const method of ['GET', 'POST']) {
      const { peer, send } = await start(answer)
      await expect(send(method)).rejects.toMatchObject({ name: 'OutgoingError', fault: 'lost' })
      expect(peer.requests).toHaveLength(1)
    }
  })

  test('is used again for the next request', async () => {
    const seen: number[] = []
    const { send } = await start((socket, { connection }) => {
      seen.push(connection)
      socket.write(wire(200))
    })
    await send()
    await send('POST')
    expect(seen).toEqual([0, 0])
  })
})

describe('a kept connection that the other side closes', () => {
  /** Each connection answers its first request and breaks at its second. */
  const oneEach: Peer = (socket, { place }) => {
    if (place === 0) socket.write(wire(200))
    else socket.resetAndDestroy()
  }

  test.each(['GET', 'HEAD', 'OPTIONS'])('lets a %s go again on a new one', async (method) => {
    const { peer, send } = await start(oneEach)
    await send()
    expect(await send(method)).toMatchObject({ status: 200 })
    expect(peer.requests).toHaveLength(3)
  })

  test('lets a GET go on a new one at once, however many were closed', async () => {
    const { peer, send } = await start(oneEach)
    await Promise.all([send(), send(), send()])
    expect(await send()).toMatchObject({ status: 200 })
    expect(peer.requests).toHaveLength(5)
  })

  test.each(['POST', 'PUT', 'PATCH', 'DELETE'])('leaves the outcome of a %s open', async (method) => {
    const { peer, send } = await start(oneEach)
    await send()
    await expect(send(method)).rejects.toMatchObject({ name: 'OutgoingError', fault: 'lost' })
    expect(peer.requests).toHaveLength(2)
  })
})

describe('a kept connection is closed instead of used', () => {
  /** Answers each request as the list says, and tells on which connection it came. */
  async function connectionsOf(...answers: readonly string[]) {
    const seen: number[] = []
    const { send, peer } = await start((socket, { connection }) => {
      socket.write(answers[seen.length] ?? wire(200))
      seen.push(connection)
    })
    return { seen, send, peer }
  }

  test('when the answer on it was followed by what nobody asked for', async () => {
    const { seen, send } = await connectionsOf(wire(200, [], 'mine') + wire(200, [], "another connection's"))
    expect(Buffer.from((await send()).body).toString()).toBe('mine')
    expect((await send('POST')).body).toHaveLength(0)
    expect(seen).toEqual([0, 1])
  })

  test('when something comes on it between two requests', async () => {
    const { seen, send, peer } = await connectionsOf()
    await send()
    for (const socket of peer.open) socket.write(wire(200, [], "another connection's"))
    await expect.poll(() => peer.open.size).toBe(0)
    expect((await send('POST')).body).toHaveLength(0)
    expect(seen).toEqual([0, 1])
  })

  test('when the other side said that it would close it', async () => {
    const { seen, send } = await connectionsOf(
      wire(200, ['Connection: close']),
      wire(200, ['Keep-Alive: timeout=1']),
    )
    for (const method of ['POST', 'POST', 'POST']) await send(method)
    expect(seen).toEqual([0, 1, 2])
  })

  test('when its time is over by the clock on the wall: the process was frozen meanwhile', async () => {
    const { seen, send } = await connectionsOf(...Array(3).fill(wire(200, ['Keep-Alive: timeout=60'])))
    vi.useFakeTimers({ toFake: ['Date'] })
    try {
      await send('POST')
      await send('POST')
      vi.setSystemTime(Date.now() + 60_000)
      await send('POST')
    } finally {
      vi.useRealTimers()
    }
    expect(seen).toEqual([0, 0, 1])
  })

  test('and a request that got the beginning of an answer on it is not sent again', async () => {
    const { peer, send } = await start((socket, { place }) => {
      if (place === 0) socket.write(wire(200))
      else socket.end('HTTP/1.1 2')
    })
    await send()
    await expect(send()).rejects.toMatchObject({ name: 'OutgoingError', fault: 'lost' })
    expect(peer.requests).toHaveLength(2)
  })
})

describe('beyond the bound of kept pools', () => {
  let met = 0
  /** Requests of connections that were not met before: each makes a pool. */
  async function meet(
    count: number,
    send: (method: string, deadline: number, connection: string) => unknown,
  ) {
    for (let i = 0; i < count; i++) await send('POST', 5_000, `conn_met_${met++}`)
  }

  test('the sockets of the oldest are closed, of that one alone, and its next request opens another', async () => {
    const { peer, send } = await start((socket) => socket.write(wire(200, ['Connection: close'])))
    const oldest = await start((socket) => socket.write(wire(200)))
    const next = await start((socket) => socket.write(wire(200)))
    await meet(MAX_POOLS, send)
    await Promise.all([oldest.send(), oldest.send()])
    await next.send()
    await meet(MAX_POOLS - 2, send)
    expect([oldest.peer.open.size, next.peer.open.size]).toEqual([2, 1])
    await meet(1, send)
    await expect.poll(() => oldest.peer.open.size).toBe(0)
    expect(next.peer.open.size).toBe(1)
    expect(await oldest.send()).toMatchObject({ status: 200 })
    await expect.poll(() => peer.open.size).toBe(0)
  })

  test('an exchange under way goes on undisturbed, and its socket is closed then', async () => {
    const other = await start((socket) => socket.write(wire(200, ['Connection: close'])))
    let answer = () => {}
    const { peer, send } = await start((socket) => {
      answer = () => socket.write(wire(200, [], 'late'))
    })
    const sent = send('POST')
    await expect.poll(() => peer.requests).toHaveLength(1)
    await meet(MAX_POOLS, other.send)
    answer()
    expect(Buffer.from((await sent).body).toString()).toBe('late')
    await expect.poll(() => peer.open.size).toBe(0)
  })
})
