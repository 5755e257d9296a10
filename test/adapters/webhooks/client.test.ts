// What a hostile server can do to the one that posts: nothing beyond its 64 KB and its deadline.
import type { LookupAddress } from 'node:dns'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { WebhookPoster } from '#adapters/webhooks/client.ts'

const LOCAL = 'http://127.0.0.1:1'
const DEPLOYED = 'https://connect.example.com'
const servers: Server[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?x=1`
}
const post = (url: string, deadlineMilliseconds = 5_000, client = new WebhookPoster(LOCAL)) =>
  client.post({ url, headers: { 'webhook-id': 'evt_1' }, body: '{"a":"\u00e9"}', deadlineMilliseconds })

test('posts the body with the headers, and gives the status and the first KB', async () => {
  let seen: unknown
  const url = await serve((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (text) => {
      body += text
    })
    request.on('end', () => {
      seen = { method: request.method, url: request.url, id: request.headers['webhook-id'], body }
      response.writeHead(200, { 'retry-after': '7' }).end('x'.repeat(5000))
    })
  })
  expect(await post(url)).toMatchObject({ status: 200, retryAfter: '7', answer: 'x'.repeat(1024) })
  expect(seen).toEqual({ method: 'POST', url: '/hook?x=1', id: 'evt_1', body: '{"a":"\u00e9"}' })
})

test('a redirect is not followed', async () => {
  let requests = 0
  const target = await serve((_, response) => {
    requests += 1
    response.end()
  })
  const url = await serve((_, response) => response.writeHead(302, { location: target }).end())
  expect((await post(url)).status).toBe(302)
  expect(requests).toBe(0)
})

test('of a gigabyte, 64 KB are read', async () => {
  let written = 0
  const url = await serve((_, response) => {
    response.writeHead(200, { 'content-length': String(1024 ** 3) })
    const chunk = Buffer.alloc(64 * 1024, 'x')
    const write = () => {
      while (!response.destroyed && written < 1024 ** 3) {
        written += chunk.length
        if (!response.write(chunk)) return
      }
    }
    response.on('drain', write)
    write()
  })
  const before = process.memoryUsage().arrayBuffers
  expect(await post(url)).toMatchObject({ status: 200, answer: 'x'.repeat(1024) })
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32 * 1024 * 1024)
  expect(written).toBeLessThan(64 * 1024 * 1024)
})

test('a server that does not answer, and one whose head comes byte by byte, end at the deadline', async () => {
  const silent = await serve(() => {})
  expect(await post(silent, 300)).toMatchObject({ fault: 'timeout' })
  const slow = await serve((_, { socket }) => {
    socket?.write('HTTP/1.1 200 OK\r\n')
    const timer = setInterval(() => socket?.write('X-A: b\r\n'), 20)
    socket?.on('close', () => clearInterval(timer))
  })
  const answer = await post(slow, 300)
  expect(answer).toMatchObject({ fault: 'timeout' })
  expect(answer.milliseconds).toBeLessThan(2_000)
})

test('an answer counts although its body never ends', async () => {
  const url = await serve((_, response) => {
    response.writeHead(200)
    const timer = setInterval(() => response.write('.'), 20)
    response.on('close', () => clearInterval(timer))
  })
  const answer = await post(url, 300)
  expect(answer).toMatchObject({ status: 200, answer: expect.stringMatching(/^\.+$/) })
})

test('what is no HTTP, and a connection that is cut, are faults', async () => {
  const cut = await serve((_, { socket }) => socket?.destroy())
  expect(await post(cut)).toMatchObject({ fault: 'lost' })
  const nonsense = await serve((_, { socket }) => socket?.end('nonsense\r\n\r\n'))
  expect(await post(nonsense)).toMatchObject({ fault: 'lost' })
  const url = await serve(() => {})
  const [server] = servers.splice(-1)
  await new Promise((resolve) => server?.close(resolve))
  expect(await post(url)).toMatchObject({ fault: 'unreachable' })
})

test.each(['https://10.0.0.1/', 'http://127.0.0.1/', 'https://169.254.169.254/', `${DEPLOYED}/v1/events`])(
  'the deployed service does not call %s',
  async (url) => {
    const client = new WebhookPoster(DEPLOYED)
    expect(await post(url, 1_000, client)).toMatchObject({ fault: 'address_refused' })
  },
)

test.each([
  ['a private address', [['10.1.2.3', 4]]],
  ['the metadata endpoint', [['169.254.169.254', 4]]],
  ['loopback, in IPv6', [['::1', 6]]],
  [
    'a public address and a private one',
    [
      ['93.184.215.14', 4],
      ['192.168.0.7', 4],
    ],
  ],
  ['no address', []],
] as const)('a name that leads to %s is not called', async (_, addresses) => {
  let lookups = 0
  const resolve = (_host: string, _options: object, done: (error: null, all: LookupAddress[]) => void) => {
    lookups += 1
    done(
      null,
      addresses.map(([address, family]) => ({ address, family })),
    )
  }
  const client = new WebhookPoster(DEPLOYED, resolve as never)
  expect(await post('https://rebound.example.com/', 2_000, client)).toMatchObject({
    fault: 'address_refused',
  })
  expect(lookups).toBe(1)
})

test('a name is looked up once for a connection, so that it cannot lead elsewhere after it was judged', async () => {
  const url = await serve((_, response) => response.writeHead(204).end())
  const { port } = new URL(url)
  let lookups = 0
  const resolve = (_host: string, _options: object, done: (error: null, all: LookupAddress[]) => void) => {
    lookups += 1
    done(null, [{ address: lookups === 1 ? '127.0.0.1' : '10.0.0.1', family: 4 }])
  }
  const client = new WebhookPoster(LOCAL, resolve as never)
  expect(await post(`http://localhost:${port}/`, 2_000, client)).toMatchObject({ status: 204 })
  expect(lookups).toBe(1)
})
