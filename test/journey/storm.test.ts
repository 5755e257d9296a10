// A token dies while hundreds of calls are on their way: one refresh for all, and nothing is carried out twice.
import { afterEach, expect, test } from 'vitest'
import { openProxied, type Proxied } from '../support/proxied.ts'

const CALLS = 500

let proxied: Proxied | undefined
afterEach(() => proxied?.close())

/** An upstream that takes any token but these, and notes what it carried out. */
async function rejecting(mode: 'rotating' | 'non_expiring' = 'rotating') {
  const open = await openProxied(mode)
  proxied = open
  const { scene, connection, upstream } = open
  const dead = new Set([await scene.accessToken(connection)])
  const carriedOut: string[] = []
  upstream.respond = (response, { method, target, token }) => {
    if (dead.has(token)) return response.writeHead(401).end('{"error":"Invalid token or no user signed in"}')
    carriedOut.push(`${method} ${target}`)
    response.writeHead(method === 'POST' ? 201 : 200).end('{}')
  }
  return { ...open, carriedOut, counts: scene.services.clickfunnels.counts }
}

test('500 calls at once on a token that is revoked: one refresh, no POST repeated, all are answered', async () => {
  const { send, upstream, carriedOut, counts } = await rejecting()
  const calls = Array.from({ length: CALLS }, (_, i) => ({
    method: i % 2 === 0 ? 'POST' : 'GET',
    path: `contacts/${i}`,
  }))
  const answers = await Promise.all(calls.map(({ method, path }) => send(path, { method })))
  expect(new Set(answers.map(({ status }, i) => `${calls[i]?.method} ${status}`))).toEqual(
    new Set(['POST 201', 'GET 200']),
  )
  expect(counts.refresh).toBe(1)
  // Carried out once each, and seen at most once before that: with the token that was refused.
  expect(carriedOut.toSorted()).toEqual(
    calls.map(({ method, path }) => `${method} /api/v2/${path}`).toSorted(),
  )
  const seen = new Map<string, number>()
  for (const { method, target } of upstream.requests) {
    seen.set(`${method} ${target}`, (seen.get(`${method} ${target}`) ?? 0) + 1)
  }
  expect(Math.max(...seen.values())).toBeLessThanOrEqual(2)
})

test.each(['rotating', 'non_expiring'] as const)(
  'a POST that is answered 401 whatever the token is sent twice at the most, and the 401 handed on (%s)',
  async (mode) => {
    const { send, upstream, counts } = await rejecting(mode)
    upstream.respond = (response, { target }) => {
      // Only this path has something against the caller; the token itself is good.
      const refused = target === '/api/v2/payments'
      response.writeHead(refused ? 401 : 200, { 'content-type': 'application/json' })
      response.end(refused ? '{"error":"Not yours"}' : '{"connected_workspace":{"workspace_id":20417}}')
    }
    const given = await send('payments', { method: 'POST', body: '{}', headers: ['content-length', '2'] })
    expect([given.status, given.body.toString()]).toEqual([401, '{"error":"Not yours"}'])
    expect(given.headers['funnel-connect-answer-by']).toBe('clickfunnels')
    expect(upstream.requests.filter(({ method }) => method === 'POST').length).toBeLessThanOrEqual(2)
    expect(counts.refresh).toBeLessThanOrEqual(1)
    // Nor does the next call begin it all again.
    const before = upstream.requests.length
    for (let i = 0; i < 5; i++) expect((await send('payments', { method: 'POST' })).status).toBe(401)
    expect(upstream.requests.length - before).toBe(5)
    expect(counts.refresh).toBeLessThanOrEqual(1)
    expect((await send('contacts')).status).toBe(200)
  },
)
