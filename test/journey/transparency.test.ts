// What passes through the proxy passes to the byte, both ways: made-up requests and answers over HTTP, through API
// Gateway's habits, to an upstream that writes down what it sees.
import { createHash } from 'node:crypto'
import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { requestHeadersToSend, responseHeadersToReturn } from '#domain/proxy/api-headers.ts'
import { encodeApiPath } from '#domain/proxy/api-path.ts'
import { openProxied, type Proxied, startUpstream } from '../support/proxied.ts'

const RUNS = Number(process.env.TRANSPARENCY_RUNS ?? 30)

let proxied: Proxied
beforeAll(async () => {
  proxied = await openProxied()
})
afterAll(() => proxied?.close())
beforeEach(() => {
  proxied.upstream.requests.length = 0
  proxied.upstream.respond = (response) => response.end('{}')
})

const seen = () => proxied.upstream.requests
const respondWith = (status: number, headers: readonly string[], body: Buffer | string = '') => {
  proxied.upstream.respond = (response) => response.writeHead(status, [...headers]).end(body)
}
const problem = ({ body }: { body: Buffer }) => JSON.parse(body.toString())

/** Names that neither side, nor HTTP itself, gives a meaning to. */
const headerName = (passed: typeof requestHeadersToSend) =>
  fc
    .stringMatching(/^[a-z][a-z0-9]{0,6}(-[a-z0-9]{1,6}){0,2}$/)
    .filter(
      (name) =>
        passed([[name, 'x']]).length > 0 && !['user-agent', 'vary', 'link', 'date', 'origin'].includes(name),
    )
const headerValue = fc.stringMatching(/^[!-~]([ -~]{0,30}[!-~])?$/)
const contentType = fc.constantFrom(
  'application/json',
  'application/json; charset=utf-8',
  'text/csv',
  'image/png',
  'application/octet-stream',
  'multipart/form-data; boundary=x',
)

describe('an answer', () => {
  test('made up at random comes back with its status, headers and body', async () => {
    const answers = fc.record({
      status: fc
        .integer({ min: 200, max: 599 })
        .filter((status) => ![204, 205, 304, 401, 429, 503].includes(status)),
      headers: fc.array(fc.tuple(headerName(responseHeadersToReturn), headerValue), { maxLength: 5 }),
      type: fc.option(contentType, { nil: undefined }),
      body: fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.string({ unit: 'binary' }).map(Buffer.from)),
    })
    await fc.assert(
      fc.asyncProperty(answers, async ({ status, headers, type, body }) => {
        const typed = type === undefined ? headers : [...headers, ['content-type', type] as const]
        respondWith(status, typed.flat(), Buffer.from(body))
        const given = await proxied.send('contacts')
        expect(given.status).toBe(status)
        expect(given.body.equals(body)).toBe(true)
        for (const [name] of headers) {
          const sent = headers.filter(([other]) => other === name).map(([, value]) => value)
          expect(given.headers[name], name).toBe(sent.join(', '))
        }
        if (type !== undefined) expect(given.headers['content-type']).toBe(type)
        expect(given.headers['funnel-connect-answer-by']).toBe('clickfunnels')
      }),
      { numRuns: RUNS },
    )
  }, 120_000)

  test.each<[string, number, string[], Buffer]>([
    [
      'an image',
      200,
      ['content-type', 'image/png'],
      Buffer.from(Array.from({ length: 999 }, (_, i) => i % 256)),
    ],
    ['empty', 200, ['content-type', 'application/json'], Buffer.alloc(0)],
    ['text in Latin-1', 200, ['content-type', 'text/plain; charset=iso-8859-1'], Buffer.from([0xe4, 0xf6])],
    [
      'a megabyte of JSON',
      200,
      ['content-type', 'application/json'],
      Buffer.from(JSON.stringify('ü'.repeat(5e5))),
    ],
    ['JSON with a byte order mark', 200, ['content-type', 'application/json'], Buffer.from('\ufeff{}')],
  ])('that is %s is the same on both sides', async (_, status, headers, body) => {
    respondWith(status, headers, body)
    const given = await proxied.send('contacts')
    expect([given.status, given.headers['content-type']]).toEqual([status, headers[1]])
    expect(given.body.equals(body)).toBe(true)
  })

  test('that is compressed stays compressed', async () => {
    const body = gzipSync(JSON.stringify({ text: 'x'.repeat(1000) }))
    respondWith(
      200,
      ['content-type', 'application/json', 'content-encoding', 'gzip', 'vary', 'Accept-Encoding'],
      body,
    )
    const given = await proxied.send('contacts', { headers: ['accept-encoding', 'gzip'] })
    expect(given.headers).toMatchObject({
      'content-encoding': 'gzip',
      vary: 'Accept-Encoding, origin, authorization',
    })
    expect(given.body.equals(body)).toBe(true)
    expect(seen()[0]?.headers.join()).toContain('accept-encoding,gzip')
  })

  test('without content has none: 204, and 304 to a validator that went up', async () => {
    respondWith(204, [])
    const deleted = await proxied.send('contacts/1', { method: 'DELETE' })
    expect([deleted.status, deleted.body.length]).toEqual([204, 0])
    expect(deleted.headers).not.toHaveProperty('content-type')
    respondWith(304, ['etag', 'W/"abc"', 'cache-control', 'max-age=0, private'])
    const unchanged = await proxied.send('contacts/1', { headers: ['if-none-match', 'W/"abc"'] })
    expect([unchanged.status, unchanged.body.length]).toEqual([304, 0])
    expect(unchanged.headers).toMatchObject({ etag: 'W/"abc"', 'cache-control': 'max-age=0, private' })
    expect(seen()[1]?.headers.join()).toContain('if-none-match,W/"abc"')
  })

  test('to HEAD has the headers and no body', async () => {
    respondWith(200, ['content-type', 'application/json', 'etag', '"1"', 'pagination-next', '20'])
    const given = await proxied.send('contacts', { method: 'HEAD' })
    expect([given.status, given.body.length]).toEqual([200, 0])
    expect(given.headers).toMatchObject({ etag: '"1"', 'pagination-next': '20' })
    expect(seen()).toMatchObject([{ method: 'HEAD' }])
  })

  test('with a header more than once has it joined, and every page of ours in Link', async () => {
    const { upstream, connection } = proxied
    const page = (query: string, rel: string) => `<${upstream.url}/api/v2/contacts?${query}>; rel="${rel}"`
    const headers = [
      'link',
      page('after=2', 'next'),
      'link',
      page('after=0', 'prev'),
      'warning',
      '1 a',
      'warning',
      '2 b',
    ]
    respondWith(200, [
      ...headers,
      'x-custom',
      'one',
      'X-Custom',
      'two',
      'set-cookie',
      'a=b',
      'set-cookie',
      'c=d',
    ])
    const given = await proxied.send('contacts')
    const ours = `https://connect.example.com/v1/connections/${connection.id}/proxy/contacts`
    expect(given.headers.link).toBe(`<${ours}?after=2>; rel="next", <${ours}?after=0>; rel="prev"`)
    expect(given.headers).toMatchObject({ warning: '1 a, 2 b', 'x-custom': 'one, two' })
    expect(given.headers).not.toHaveProperty('set-cookie')
  })

  test('with an Idempotency-Key is replayed with the same bytes and headers, compressed or not', async () => {
    const body = gzipSync('{"id":1}')
    respondWith(
      201,
      ['content-type', 'application/json', 'content-encoding', 'gzip', 'x-a', '1', 'x-a', '2'],
      body,
    )
    const post = {
      method: 'POST',
      body: '{}',
      headers: ['idempotency-key', 'bytes', 'content-type', 'application/json'],
    }
    const [first, again] = [await proxied.send('contacts', post), await proxied.send('contacts', post)]
    const { 'funnel-connect-idempotent-replay': mark, ...headers } = again.headers
    expect([mark, first.headers['funnel-connect-idempotent-replay']]).toEqual(['true', undefined])
    for (const name of ['content-type', 'content-encoding', 'x-a'])
      expect(headers[name]).toBe(first.headers[name])
    expect([first.body.equals(body), again.body.equals(body)]).toEqual([true, true])
    expect(seen()).toHaveLength(1)
  })

  test('changes nothing in how a browser treats our origin, and is harmless when a browser opens it', async () => {
    const theirs = [
      'nel',
      '{}',
      'alt-svc',
      'h3=":1"',
      'clear-site-data',
      '"*"',
      'service-worker-allowed',
      '/',
    ]
    const policy = ['content-security-policy', "script-src 'unsafe-inline'", 'x-content-type-options', 'x']
    respondWith(200, ['content-type', 'text/html', ...theirs, ...policy], '<script>1</script>')
    const { headers } = await proxied.send('pages/1')
    for (const name of ['nel', 'alt-svc', 'clear-site-data', 'service-worker-allowed'])
      expect(headers).not.toHaveProperty(name)
    expect(headers).toMatchObject({
      'content-security-policy': 'sandbox',
      'x-content-type-options': 'nosniff',
    })
  })

  test.each<[string, string, number]>([
    ['text of 5.9 MB', 'text/plain', 5_900_000],
    ['bytes of 4.6 MB', 'image/png', 4_600_000],
  ])('just below the limit passes: %s', async (_, type, size) => {
    const body = Buffer.alloc(size, 'a')
    respondWith(200, ['content-type', type], body)
    expect((await proxied.send('contacts')).body.equals(body)).toBe(true)
  })

  test.each<[string, string, number]>([
    ['text of 6.2 MB', 'text/plain', 6_250_000],
    ['text far beyond', 'text/plain', 9_000_000],
    ['bytes of 4.7 MB, which base64 makes a third larger', 'image/png', 4_700_000],
  ])('above the limit is a 502 that says its size and the limit: %s', async (_, type, size) => {
    respondWith(200, ['content-type', type, 'content-length', String(size)], Buffer.alloc(size, 'a'))
    const refused = await proxied.send('contacts')
    expect(refused.status).toBe(502)
    expect(problem(refused)).toMatchObject({
      code: 'upstream_response_too_large',
      size: expect.any(Number),
      limit: expect.any(Number),
    })
    expect(problem(refused).size).toBeGreaterThanOrEqual(size)
    expect(problem(refused).size).toBeGreaterThan(problem(refused).limit)
    expect(refused.headers).not.toHaveProperty('funnel-connect-answer-by')
  })
})

describe('a redirect', () => {
  test.each([301, 302, 303, 307, 308])(
    '%i to another host is handed on: nobody follows it, no token goes there',
    async (status) => {
      const elsewhere = await startUpstream()
      respondWith(status, ['location', `${elsewhere.url}/api/v2/contacts`])
      for (const method of ['GET', 'POST']) {
        const given = await proxied.send('contacts', { method })
        expect([given.status, given.headers.location]).toEqual([status, `${elsewhere.url}/api/v2/contacts`])
      }
      expect(seen()).toHaveLength(2)
      expect(elsewhere.requests).toEqual([])
      await elsewhere.close()
    },
  )
})

describe('a request', () => {
  const segment = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 8 })
    .filter((text) => !/[\p{Cc}\\%?#/]/u.test(text) && !['.', '..'].includes(text) && text.isWellFormed())
  const queryPart = fc.oneof(
    fc.stringMatching(/^[A-Za-z0-9\-._~!$&'()*+,;=:@/?[\]]{0,10}$/),
    fc.constantFrom(
      '%2F',
      '%2f',
      '%00',
      '%C3%BC',
      '+',
      '&&',
      '=',
      'expand[]=a&expand[]=b',
      'filter[id]=1,42',
    ),
  )

  test('made up at random arrives with its method, path, query, headers and body', async () => {
    const requests = fc.record({
      method: fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE'),
      segments: fc.array(segment, { minLength: 1, maxLength: 4 }),
      query: fc.array(queryPart, { maxLength: 4 }).map((parts) => parts.join('')),
      headers: fc.uniqueArray(fc.tuple(headerName(requestHeadersToSend), headerValue), {
        selector: ([name]) => name,
        maxLength: 4,
      }),
      type: contentType,
      body: fc.uint8Array({ maxLength: 200 }),
    })
    await fc.assert(
      fc.asyncProperty(requests, async ({ method, segments, query, headers, type, body }) => {
        seen().length = 0
        const hasBody = method !== 'GET' && body.length > 0
        const path = segments.map(encodeURIComponent).join('/')
        const given = await proxied.send(query === '' ? path : `${path}?${query}`, {
          method,
          headers: [
            ...headers.flat(),
            ...(hasBody ? ['content-type', type, 'content-length', String(body.length)] : []),
          ],
          ...(hasBody && { body: Buffer.from(body) }),
        })
        expect(given.status).toBe(200)
        const [arrived] = seen()
        const target = `/api/v2/${encodeApiPath(segments)}${query === '' ? '' : `?${query}`}`
        expect([arrived?.method, arrived?.target]).toEqual([method, target])
        expect(arrived?.body.equals(hasBody ? body : Buffer.alloc(0))).toBe(true)
        for (const [name, value] of hasBody ? [...headers, ['content-type', type] as const] : headers) {
          const place =
            arrived?.headers.findIndex((one, i) => i % 2 === 0 && one.toLowerCase() === name) ?? -1
          expect([name, arrived?.headers[place + 1]]).toEqual([name, value])
        }
      }),
      { numRuns: RUNS },
    )
  }, 120_000)

  test('of 4.5 MB passes, whatever it is; a larger one is refused with the limit, and nothing goes out', async () => {
    const hash = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
    const body = Buffer.alloc(4_500_000, 1)
    const post = { method: 'POST', headers: ['content-type', 'image/png'] }
    expect((await proxied.send('images', { ...post, body })).status).toBe(200)
    expect(seen().map((one) => hash(one.body))).toEqual([hash(body)])
    const refused = await proxied.send('images', { ...post, body: Buffer.alloc(4_500_001, 1) })
    expect(refused.status).toBe(413)
    expect(problem(refused)).toMatchObject({ code: 'request_too_large', size: 4_500_001, limit: 4_500_000 })
    expect(seen()).toHaveLength(1)
  })
})

describe('what could be taken for another request', () => {
  /** Bytes on a connection of their own, and the status of what comes back. */
  const sendBytes = (text: string) =>
    new Promise<number>((resolve, reject) => {
      const { hostname, port } = new URL(proxied.url)
      const socket = connect(Number(port), hostname, () => socket.write(text))
      let answer = ''
      socket.on('data', (chunk) => {
        answer += chunk
      })
      socket.on('close', () => resolve(Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0)))
      socket.on('error', reject)
    })
  const target = (path: string) => `/v1/connections/${proxied.connection.id}/proxy/${path}`
  const request = (path: string, ...headers: string[]) => {
    const { host } = new URL(proxied.url)
    const own = [`Host: ${host}`, `Authorization: Bearer ${proxied.apiKey}`]
    return [`GET ${path} HTTP/1.1`, ...own, ...headers, '', ''].join('\r\n')
  }

  test('is what it says in the plain case, which shows that the bytes are right', async () => {
    expect(await sendBytes(request(target('me'), 'Connection: close'))).toBe(200)
    expect(seen()).toHaveLength(1)
  })

  test.each<[string, () => string]>([
    [
      'an absolute target elsewhere',
      () => request(`http://evil.example${target('me')}`, 'Connection: close'),
    ],
    ['a target that is an authority', () => request('evil.example:443', 'Connection: close')],
    ['a header value over two lines', () => request(target('me'), 'X-A: a', ' b', 'Connection: close')],
    ['a bare line feed in a header', () => request(target('me'), 'X-A: a\nX-B: b: c\n', 'Connection: close')],
    ['a carriage return in a header', () => request(target('me'), 'X-A: a\rb', 'Connection: close')],
    ['a NUL in a header', () => request(target('me'), 'X-A: a\u0000b', 'Connection: close')],
    [
      'two lengths',
      () => request(target('me'), 'Content-Length: 0', 'Content-Length: 5', 'Connection: close'),
    ],
    ['a length and chunks', () => request(target('me'), 'Content-Length: 5', 'Transfer-Encoding: chunked')],
    ['headers of 20 KB', () => request(target('me'), `X-A: ${'a'.repeat(20_000)}`, 'Connection: close')],
    ['a path with a backslash', () => request(target('a\\..\\me'), 'Connection: close')],
    ['a path with a dot segment', () => request(target('a/../me'), 'Connection: close')],
    ['a path with an encoded one', () => request(target('a/%2e%2e/me'), 'Connection: close')],
    ['a path with one encoded twice', () => request(target('a/%252e%252e/me'), 'Connection: close')],
    ['a path with an encoded slash at its head', () => request(target('%2Fme'), 'Connection: close')],
    ['a path with a line break', () => request(target('me%0d%0aX-A:%20b'), 'Connection: close')],
    ['a path that is no UTF-8', () => request(target('me%ff'), 'Connection: close')],
    ['a path that is a URL', () => request(target('https://evil.example/me'), 'Connection: close')],
  ])('%s is refused, and nothing goes out', async (_, bytes) => {
    const status = await sendBytes(bytes())
    expect(status).toBeGreaterThanOrEqual(400)
    expect(status).toBeLessThan(500)
    expect(seen()).toEqual([])
  })

  test('has no header that changes its method, URL or length in any spelling, and none that Connection names', async () => {
    const headers = ['X_HTTP_Method_Override: DELETE', 'X-Original-URL: /x', 'Transfer_Encoding: chunked']
    const more = ['Content_Length: 9', 'X-Hop: 1', 'X-Left: 2', 'Connection: close, x-hop']
    expect(await sendBytes(request(target('me'), ...headers, ...more))).toBe(200)
    const names = seen()[0]
      ?.headers.filter((_, i) => i % 2 === 0)
      .join()
    expect(names).not.toMatch(/override|original|_|x-hop/i)
    expect(names).toMatch(/x-left/i)
  })

  test.each(['user@evil.example', '@evil.example/x', 'me@evil.example:443/x'])(
    'an at sign is a character of a path and no more: %s',
    async (path) => {
      await proxied.send(path)
      expect(seen()).toMatchObject([{ target: `/api/v2/${path}` }])
    },
  )
})
