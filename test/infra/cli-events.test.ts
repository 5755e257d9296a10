// "events list" and "events listen" against a log and a receiver on loopback that fail in the ways that real ones do.
import { createHmac } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { expect, onTestFinished, test, vi } from 'vitest'
import { main } from '../../infra/cli/tenants.ts'
import { type Asked, type GivenAnswer, problem, startService } from '../client/service.ts'
import { scratchFolder } from '../support/scratch.ts'

const KEY = 'fc_key'
const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`

const eventAt = (position: number) => ({
  id: `evt_${position}`,
  type: 'connection.broken',
  timestamp: '2026-11-24T18:16:39Z',
  data: {
    connection_id: 'conn_1',
    end_user: { id: 'user-1' },
    sequence: position,
    reason: 'refresh_rejected',
  },
})

/** A log that grows while a test runs. It gives the answers in `faults` first. */
function growingLog(length: number) {
  const log = { length, faults: [] as GivenAnswer[] }
  const answer = ({ path }: Asked): GivenAnswer => {
    const { searchParams } = new URL(path, 'http://x')
    const after = searchParams.get('after') ?? '0'
    if (after === 'latest') return { json: { data: [], next_cursor: String(log.length) } }
    const fault = log.faults.shift()
    if (fault) return fault
    const next = Math.max(
      Number(after),
      Math.min(Number(after) + Number(searchParams.get('limit')), log.length),
    )
    const positions = Array.from({ length: next - Number(after) }, (_, place) => Number(after) + place + 1)
    return { json: { data: positions.map(eventAt), next_cursor: String(next) } }
  }
  return { log, answer }
}

/** A command that runs until it is interrupted. */
function begin(line: string, url: string, env: Readonly<Record<string, string>> = {}) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const shown = { out: '', err: '' }
  stdout.on('data', (chunk) => (shown.out += chunk))
  stderr.on('data', (chunk) => (shown.err += chunk))
  let interrupt = () => {}
  const ended = main(line.split(' '), {
    env: { FUNNEL_CONNECT_URL: url, FUNNEL_CONNECT_KEY: KEY, WEBHOOK_SECRET: SECRET, ...env },
    stdin: Readable.from(['']),
    stdout,
    stderr,
    once: (_, listener) => (interrupt = listener),
  })
  const end = async () => {
    interrupt()
    return { code: await ended, ...shown }
  }
  onTestFinished(async () => void (await end()))
  return { shown, ended, end }
}

const eventually = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 20 })
const idsOf = (asked: readonly Asked[]) => asked.map(({ body }) => JSON.parse(body).id)

test('"events list" shows a page as a table, or as JSON, and says where the next one starts', async () => {
  const { answer } = growingLog(3)
  const service = await startService(answer)
  const { ended, shown } = begin('events list --limit 2 --types connection.broken', service.url)
  expect(await ended).toBe(0)
  expect(shown.out).toMatch(/^WHEN +TYPE +ABOUT +NUMBER +END USER +WHY +ID\n/)
  expect(shown.out).toMatch(
    /2026-11-24 18:16 UTC +connection\.broken +conn_1 +2 +user-1 +refresh_rejected +evt_2\n$/,
  )
  expect(shown.err).toBe('Later ones with: --after 2\n')
  expect(service.asked[0]).toMatchObject({
    path: '/v1/events?limit=2&types=connection.broken',
    headers: { authorization: `Bearer ${KEY}` },
  })
  const json = begin('events list --after 2 --json', service.url)
  await json.ended
  expect(JSON.parse(json.shown.out)).toEqual({ data: [eventAt(3)], next_cursor: '3' })
})

test('"events listen" posts what is new as signed webhooks and shows how each ended', async () => {
  const { log, answer } = growingLog(5)
  const [service, receiver] = [
    await startService(answer),
    await startService({ status: 204 }, { status: 500 }),
  ]
  const listening = begin(`events listen --forward ${receiver.url}/hook`, service.url)
  await eventually(() => expect(listening.shown.err).toContain('Listening, and posting to'))
  log.length = 7
  await eventually(() => expect(listening.shown.out).toContain('#7'))
  const { code, out, err } = await listening.end()
  expect(code).toBe(0)
  expect(out).toMatch(`Signing secret: ${SECRET}\n`)
  expect(out).toMatch(/18:16:39 {2}connection\.broken +conn_1 #6 refresh_rejected {2}→ 204 in \d+ ms\n/)
  expect(out).toMatch(/#7 refresh_rejected {2}→ 500 in \d+ ms\n$/)
  expect(err).toContain('Stopped. Go on with: --after 7')
  for (const { path, method, headers, body } of receiver.asked) {
    expect({ path, method }).toEqual({ path: '/hook', method: 'POST' })
    const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature } = headers
    const mac = createHmac('sha256', Buffer.alloc(32, 7))
      .update(`${id}.${timestamp}.${body}`)
      .digest('base64')
    expect(signature).toBe(`v1,${mac}`)
    expect(Math.abs(Number(timestamp) - Date.now() / 1000)).toBeLessThan(60)
    expect(JSON.parse(body)).toEqual(eventAt(Number(String(id).slice('evt_'.length))))
  }
})

test('it makes a signing secret if it is given none, and shows it also with --json', async () => {
  const { log, answer } = growingLog(0)
  const [service, receiver] = [await startService(answer), await startService({})]
  const secretIn = async (line: string) => {
    const { end, shown } = begin(line, service.url, { WEBHOOK_SECRET: undefined as never })
    await eventually(() => expect(shown.out).toMatch(/whsec_[A-Za-z0-9+/]{43}=/))
    return { end, shown, first: shown.out }
  }
  const one = await secretIn(`events listen --forward ${receiver.url}`)
  const other = await secretIn(`events listen --forward ${receiver.url} --json`)
  log.length = 1
  await eventually(() => expect(other.shown.out).toContain('forwarded'))
  const lines = (await other.end()).out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines).toEqual([
    { secret: expect.stringMatching(/^whsec_/) },
    { ...eventAt(1), forwarded: expect.stringMatching(/^200 in/) },
  ])
  expect(one.first).not.toContain(lines[0].secret)
  await one.end()
})

test('it goes on after faults of the service, and loses and repeats nothing', async () => {
  const { log, answer } = growingLog(0)
  const [service, receiver] = [await startService(answer), await startService({})]
  const { shown, end } = begin(`events listen --forward ${receiver.url}`, service.url)
  await eventually(() => expect(shown.err).toContain('Listening'))
  // Each fault is one that the client library does not retry by itself.
  log.faults = [{ status: 500, json: {} }, problem(503, 'storage_unavailable', { 'retry-after': '60' })]
  log.length = 130
  await eventually(() => expect(receiver.asked).toHaveLength(130))
  expect(idsOf(receiver.asked)).toEqual(Array.from({ length: 130 }, (_, place) => `evt_${place + 1}`))
  const { err } = await end()
  expect(err).toMatch(/The log cannot be read: .*500.* Trying again in 1 s\./)
  expect(err).toContain('The log cannot be read: A detail. Trying again in 2 s.')
  expect(err).toContain('The log can be read again.')
}, 20_000)

test('it waits while nothing listens at the URL, and goes on after a server that hangs up', async () => {
  const { answer } = growingLog(3)
  const service = await startService(answer)
  const port = await freePort()
  const { shown, end } = begin(`events listen --after 0 --forward http://127.0.0.1:${port}/hook`, service.url)
  await eventually(() =>
    expect(shown.err).toContain(`Nothing listens at http://127.0.0.1:${port}. Waiting for it.`),
  )
  const seen: unknown[] = []
  const server = createServer((request, response) => {
    seen.push(request.headers['webhook-id'])
    if (seen.length === 2) request.socket.destroy()
    else response.end()
  }).listen(port, '127.0.0.1')
  onTestFinished(() => void server.close())
  await eventually(() => expect(seen).toEqual(['evt_1', 'evt_2', 'evt_3']))
  const { out } = await end()
  expect(out).toMatch(/#1 .* → 200 in/)
  expect(out).toMatch(/#2 .* → no answer \(\w+\)/)
}, 20_000)

test('it keeps its place in a file, event by event, and goes on there', async () => {
  const { log, answer } = growingLog(3)
  const place = join(scratchFolder(), 'place.json')
  const [service, receiver] = [await startService(answer), await startService({}, {}, { silent: true }, {})]
  const line = `events listen --place ${place} --forward ${receiver.url}`
  writeFileSync(place, '{"after":"0"}')
  const cut = begin(line, service.url)
  // The third attempt hangs, and the person ends the command.
  await eventually(() => expect(receiver.asked).toHaveLength(3))
  expect((await cut.end()).err).toContain('Stopped. The place is kept.')
  expect(JSON.parse(readFileSync(place, 'utf8'))).toEqual({ after: '0', handled: 'evt_2' })
  log.length = 4
  const next = begin(line, service.url)
  await eventually(() => expect(receiver.asked).toHaveLength(5))
  await eventually(() => expect(JSON.parse(readFileSync(place, 'utf8'))).toEqual({ after: '4' }))
  await next.end()
  expect(idsOf(receiver.asked)).toEqual(['evt_1', 'evt_2', 'evt_3', 'evt_3', 'evt_4'])
})

test.each([
  ['a key that is refused', problem(401, 'invalid_credential'), '', /401 invalid_credential: A detail/, 1],
  [
    'a key without the scope',
    problem(403, 'insufficient_scope', {}, { scope: 'events:read' }),
    '',
    /403 insufficient_scope.*\n→ .*events:read/,
    1,
  ],
  [
    'what is not the API',
    { headers: { 'content-type': 'text/html' } },
    '',
    /without JSON.*\n→ Check --url/,
    1,
  ],
  ['a place of another log', {}, '--after 9', /The log ends at 3, before the place 9\..*\n→ Name another/, 2],
  ['a place file with something else', {}, '--place package.json', /package\.json holds no place.*\n→/, 2],
  ['two places', {}, '--place p --after 1', /exclude each other/, 2],
  ['plain http elsewhere', {}, '--forward http://x.example', /Plain http is for this machine only/, 2],
  ['a URL that is none', {}, '--forward localhost:3000', /takes an http or https URL/, 2],
])('"events listen" says what to do about %s', async (_, fault: GivenAnswer, options, said, code) => {
  const usual = { json: { data: [], next_cursor: '3' } }
  const service = await startService(Object.keys(fault).length > 0 ? fault : usual)
  const { ended, shown } = begin(`events listen ${options}`.trim(), service.url)
  expect(await ended).toBe(code)
  expect(shown.err).toMatch(said)
})

test('a secret that is not one, and a key that is missing, are refused', async () => {
  const secret = begin('events listen', 'http://127.0.0.1:9', { WEBHOOK_SECRET: 'whsec_short' })
  expect(await secret.ended).toBe(2)
  expect(secret.shown.err).toContain('$WEBHOOK_SECRET')
  expect(secret.shown.err).not.toContain('whsec_short')
  const key = begin('events listen', 'http://127.0.0.1:9', { FUNNEL_CONNECT_KEY: undefined as never })
  expect(await key.ended).toBe(2)
  expect(key.shown.err).toContain('$FUNNEL_CONNECT_KEY')
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
