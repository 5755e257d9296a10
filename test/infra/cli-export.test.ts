// "connections export" against a service on loopback: what it writes, and that it goes on where it was stopped.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { main } from '../../infra/cli/tenants.ts'
import { type Asked, type GivenAnswer, problem, startService } from '../client/service.ts'
import { scratchFolder } from '../support/scratch.ts'

const CLI = join(import.meta.dirname, '../../infra/cli/tenants.ts')
const TENANT = 'ten_1'
const KEY = 'k'.repeat(43)
const SUSPENDED = '2026-03-02T09:00:00Z'
const idOf = (number: number) => `conn_${String(number).padStart(4, '0')}`
const numberOf = (id: string) => Number(id.slice(5))

interface Order {
  readonly limit?: number
  readonly after?: string
  readonly connection_ids?: readonly string[]
}

/** A service with so many connections, the newest first. */
function serviceWith(
  count: number,
  more: { statusOf?: (id: string) => string; thumbprint?: () => string; suspended?: () => string } = {},
) {
  const { statusOf = () => 'exported', thumbprint = () => KEY, suspended = () => SUSPENDED } = more
  const page = () => ({ thumbprint: thumbprint(), suspended_at: suspended() })
  const itemOf = (id: string) => {
    const status = statusOf(id)
    return { connection_id: id, status, ...(status === 'exported' && { jwe: `jwe-of-${id}` }) }
  }
  return ({ method, path, body }: Asked): GivenAnswer => {
    if (method === 'GET') return { json: { data: [{ id: idOf(count) }] } }
    if (!path.endsWith('/connections/export')) return problem(404, 'not_found')
    const { limit = 50, after, connection_ids }: Order = JSON.parse(body)
    if (connection_ids) return { json: { ...page(), items: connection_ids.map(itemOf) } }
    const first = after === undefined ? count : numberOf(after) - 1
    const ids = Array.from({ length: Math.min(limit, first) }, (_, place) => idOf(first - place))
    const last = ids.at(-1)
    const next = last !== undefined && numberOf(last) > 1 ? { next: last } : {}
    return { json: { ...page(), items: ids.map(itemOf), ...next } }
  }
}

async function run(url: string, out: string, ...options: string[]) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  let text = ''
  for (const stream of [stdout, stderr]) stream.on('data', (chunk) => (text += chunk))
  const code = await main(['connections', 'export', TENANT, '--out', out, ...options], {
    env: { FUNNEL_CONNECT_URL: url },
    stdin: Readable.from(['']),
    stdout,
    stderr,
  })
  return { code, text }
}

const newFile = () => join(scratchFolder(), 'export.ndjson')
const linesIn = (file: string) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
const idsIn = (file: string) => linesIn(file).map(({ connection_id }) => connection_id)
const all = (count: number) => Array.from({ length: count }, (_, place) => idOf(count - place))

test('all pages go into a file that only its owner reads, and a report says how many', async () => {
  const statusOf = (id: string) => (id === idOf(7) ? 'no_tokens' : id === idOf(8) ? 'unreadable' : 'exported')
  const service = await startService(serviceWith(120, { statusOf }))
  const out = newFile()
  const { code, text } = await run(service.url, out)
  expect(code).toBe(0)
  expect(idsIn(out)).toEqual(all(120))
  expect(statSync(out).mode & 0o777).toBe(0o600)
  expect(text).toMatch(/exported +118 connections/)
  expect(text).toMatch(/without tokens +1:/)
  expect(text).toMatch(/unreadable +1:/)
  expect(text).toContain(KEY)
  expect(text).not.toContain('jwe-of')
  expect(existsSync(`${out}.progress.json`)).toBe(false)
})

test('killed after any page, or in the middle of a write, it goes on: no connection twice, none missing', async () => {
  for (const rest of ['', '{"connection_id":"conn_0070","status":"expo']) {
    let pages = 0
    const whole = serviceWith(120)
    const service = await startService((asked) => {
      pages += asked.path.endsWith('/export') ? 1 : 0
      return pages === 2 ? problem(403, 'export_disabled') : whole(asked)
    })
    const out = newFile()
    expect((await run(service.url, out)).code).toBe(1)
    expect(idsIn(out)).toHaveLength(50)
    appendFileSync(out, rest)
    expect(statSync(`${out}.progress.json`).mode & 0o777).toBe(0o600)
    expect((await run(service.url, out)).code).toBe(0)
    expect(idsIn(out)).toEqual(all(120))
    const orders = service.asked
      .filter(({ path }) => path.endsWith('/export'))
      .map(({ body }) => JSON.parse(body))
    expect(orders.filter(({ after }) => after === undefined)).toHaveLength(1)
  }
})

test('a process that is killed between two pages is continued by the next one', async () => {
  let pages = 0
  const whole = serviceWith(120)
  const service = await startService((asked) => (++pages === 3 ? { silent: true } : whole(asked)))
  const out = newFile()
  const child = spawn(process.execPath, [CLI, 'connections', 'export', TENANT, '--out', out], {
    env: { ...process.env, FUNNEL_CONNECT_URL: service.url },
    stdio: 'ignore',
  })
  await expect.poll(() => pages, { timeout: 15_000 }).toBe(3)
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(idsIn(out)).toHaveLength(100)
  expect((await run(service.url, out)).code).toBe(0)
  expect(idsIn(out)).toEqual(all(120))
}, 30_000)

test('busy connections are asked for again at the end, by their ids', async () => {
  let asked = 0
  const statusOf = (id: string) => (id === idOf(3) && asked++ === 0 ? 'busy' : 'exported')
  const service = await startService(serviceWith(5, { statusOf }))
  const out = newFile()
  expect((await run(service.url, out)).code).toBe(0)
  expect(idsIn(out)).toEqual([idOf(5), idOf(4), idOf(2), idOf(1), idOf(3)])
  expect(service.asked.map(({ body }) => body).join()).toContain(`{"connection_ids":["${idOf(3)}"]}`)
})

test('the report says what to do about uncertain connections', async () => {
  const whole = serviceWith(3)
  const service = await startService((asked) => {
    const answer = whole(asked)
    const { items } = answer.json as { readonly items?: readonly object[] }
    return items
      ? { json: { ...(answer.json as object), items: items.map((one) => ({ ...one, uncertain: true })) } }
      : answer
  })
  const { code, text } = await run(service.url, newFile())
  expect(code).toBe(0)
  expect(text).toMatch(
    /uncertain +3: .*wait until the recovery queue is empty, and export again to another file/,
  )
})

test('a connection that was made after the first page is in the file, too', async () => {
  const old = serviceWith(5)
  const service = await startService((asked) =>
    asked.method === 'GET'
      ? { json: { data: [{ id: idOf(7) }, { id: idOf(6) }, { id: idOf(5) }] } }
      : old(asked),
  )
  const out = newFile()
  expect((await run(service.url, out)).code).toBe(0)
  expect(idsIn(out)).toEqual([...all(5), idOf(7), idOf(6)])
})

test('a key that changes between two pages ends the export, and nothing sealed to it is written', async () => {
  let pages = 0
  const thumbprint = () => (++pages > 1 ? 'o'.repeat(43) : KEY)
  const service = await startService(serviceWith(120, { thumbprint }))
  const out = newFile()
  const { code, text } = await run(service.url, out)
  expect(code).toBe(1)
  expect(text).toContain('has changed during the export')
  expect(idsIn(out)).toHaveLength(50)
  expect((await run(service.url, out)).code).toBe(1)
})

test('a tenant that was active between two pages, or two runs, ends the export: start again with another file', async () => {
  let pages = 0
  const suspended = () => (++pages > 1 ? '2026-03-02T09:05:00Z' : SUSPENDED)
  const service = await startService(serviceWith(120, { suspended }))
  const out = newFile()
  const { code, text } = await run(service.url, out)
  expect(code).toBe(1)
  expect(text).toContain('The tenant was active in between')
  expect(text).toContain('start again with another file')
  expect(idsIn(out)).toHaveLength(50)
  expect((await run(service.url, out)).code).toBe(1)
  expect(idsIn(out)).toHaveLength(50)
})

test('the tenant was active between the last page and what was busy: that ends the export, too', async () => {
  let pages = 0
  const suspended = () => (++pages > 1 ? '2026-03-02T09:05:00Z' : SUSPENDED)
  const statusOf = (id: string) => (pages < 2 && id === idOf(3) ? 'busy' : 'exported')
  const service = await startService(serviceWith(5, { statusOf, suspended }))
  const out = newFile()
  expect((await run(service.url, out)).text).toContain('The tenant was active in between')
  expect(idsIn(out)).not.toContain(idOf(3))
})

test('after a suspension of a moment ago the command waits by itself, says so, and goes on', async () => {
  let refused = 0
  const whole = serviceWith(5)
  const service = await startService((asked) =>
    refused++ < 2 ? problem(409, 'export_too_early', { 'retry-after': '1' }) : whole(asked),
  )
  const out = newFile()
  const started = Date.now()
  const { code, text } = await run(service.url, out)
  expect(code).toBe(0)
  expect(Date.now() - started).toBeGreaterThanOrEqual(2000)
  expect(text).toContain('The tenant was suspended a moment ago. Waiting 1 s')
  expect(idsIn(out)).toEqual(all(5))
})

test('a wait that no suspension explains ends the command', async () => {
  const headers: Readonly<Record<string, string>>[] = [{ 'retry-after': '3600' }, {}]
  for (const given of headers) {
    const service = await startService(problem(409, 'export_too_early', given))
    expect(await run(service.url, newFile())).toMatchObject({
      code: 1,
      text: expect.stringContaining('too_early'),
    })
  }
})

test('a key with another thumbprint than the tenant told ends the export before anything is written', async () => {
  const service = await startService(serviceWith(3))
  const out = newFile()
  const { code, text } = await run(service.url, out, '--thumbprint', 'x'.repeat(43))
  expect(code).toBe(1)
  expect(text).toContain('not the one that the tenant told you')
  expect(idsIn(out)).toEqual([])
})

test('a page whose answer was lost is asked for again', async () => {
  let calls = 0
  const whole = serviceWith(60)
  const service = await startService((asked) =>
    ++calls === 2 ? problem(503, 'storage_unavailable') : whole(asked),
  )
  const out = newFile()
  expect((await run(service.url, out)).code).toBe(0)
  expect(idsIn(out)).toEqual(all(60))
})

test('no file is overwritten, none of another tenant is continued, and none that was cut', async () => {
  const service = await startService(problem(403, 'export_disabled'))
  const out = newFile()
  const refused = await run(service.url, out)
  expect(refused.text).toContain('SealedExport')
  const progress = JSON.parse(readFileSync(`${out}.progress.json`, 'utf8'))
  writeFileSync(`${out}.progress.json`, JSON.stringify({ ...progress, tenant: 'ten_2' }))
  expect((await run(service.url, out)).code).toBe(2)
  writeFileSync(`${out}.progress.json`, JSON.stringify({ ...progress, bytes: 10 }))
  expect((await run(service.url, out)).code).toBe(1)
  // Killed before the file was made.
  rmSync(out)
  writeFileSync(`${out}.progress.json`, JSON.stringify(progress))
  expect((await run(service.url, out)).text).toContain('export_disabled')
  expect(statSync(out).mode & 0o777).toBe(0o600)
  const other = newFile()
  writeFileSync(other, 'mine')
  expect((await run(service.url, other)).code).toBe(2)
  expect(readFileSync(other, 'utf8')).toBe('mine')
})

test('without connections there is an empty file', async () => {
  const service = await startService(({ method }) => ({
    json: method === 'GET' ? { data: [] } : { thumbprint: KEY, suspended_at: SUSPENDED, items: [] },
  }))
  const out = newFile()
  expect((await run(service.url, out)).code).toBe(0)
  expect(readFileSync(out, 'utf8')).toBe('')
})
