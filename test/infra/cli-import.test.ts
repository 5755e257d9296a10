// "connections import" against a service on loopback: what it sends, what it reports, and when it goes on.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { main } from '../../infra/cli/tenants.ts'
import { type Asked, type GivenAnswer, problem, startService } from '../client/service.ts'
import { scratchFolder } from '../support/scratch.ts'

const KEY = 'fc_key'
const item = (id: string) => ({ end_user: { id }, access_token: `token-of-${id}` })

/** Answers with the status that an end user's id names, and with "imported" for all others. */
const byName = ({ body }: Asked): GivenAnswer => ({
  json: {
    results: JSON.parse(body).connections.map(({ end_user: { id } }: ReturnType<typeof item>) => {
      const status = /^(dead|unclear|refused)/.exec(id)?.[0] ?? 'imported'
      return { status, ...(status === 'imported' && { connection_id: `conn_${id}` }) }
    }),
  },
})

async function run(url: string, file: string, ...options: string[]) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  let text = ''
  for (const stream of [stdout, stderr]) stream.on('data', (chunk) => (text += chunk))
  const code = await main(['connections', 'import', '--file', file, ...options], {
    env: { FUNNEL_CONNECT_URL: url, FUNNEL_CONNECT_KEY: KEY },
    stdin: Readable.from(['']),
    stdout,
    stderr,
  })
  return { code, text }
}

function fileWith(...lines: readonly (object | string)[]): string {
  const file = join(scratchFolder(), 'tokens.ndjson')
  writeFileSync(
    file,
    lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'),
  )
  return file
}
const reported = (file: string) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
const sentBy = ({ asked }: { asked: readonly Asked[] }) => asked.map(({ body }) => JSON.parse(body))

test('100 items go in one request with the key and the app, and each line has its result', async () => {
  const service = await startService(byName)
  const file = fileWith(
    ...Array.from({ length: 150 }, (_, place) => item(`user-${place}`)),
    '',
    item('dead-1'),
  )
  const { code, text } = await run(service.url, file, '--app', 'app_1')
  expect(code).toBe(0)
  expect(text).toContain('150 imported, 1 dead')
  expect(sentBy(service).map(({ connections }) => connections.length)).toEqual([100, 51])
  expect(sentBy(service)[0]).toMatchObject({ app_id: 'app_1', dry_run: false })
  expect(service.asked[0]).toMatchObject({ method: 'POST', path: '/v1/connections/import' })
  expect(service.asked[0]?.headers.authorization).toBe(`Bearer ${KEY}`)
  const report = reported(`${file}.report.ndjson`)
  expect(report).toHaveLength(151)
  expect(report[0]).toMatchObject({ line: 1, status: 'imported', connection_id: 'conn_user-0' })
  expect(report.at(-1)).toMatchObject({ line: 152, status: 'dead' })
  expect(readFileSync(`${file}.report.ndjson`, 'utf8')).not.toContain('token-of')
})

test('lines that hold no item are refused by themselves, without a word of what is in them', async () => {
  const service = await startService(byName)
  const file = fileWith('access_token: secret', '["secret"]', item('user-1'))
  await run(service.url, file)
  expect(reported(`${file}.report.ndjson`).map(({ line, status }) => [line, status])).toEqual([
    [1, 'refused'],
    [2, 'refused'],
    [3, 'imported'],
  ])
  expect(readFileSync(`${file}.report.ndjson`, 'utf8')).not.toContain('secret')
})

test('a second run sends only what has no result yet, what was unclear, and lines that have changed', async () => {
  const service = await startService(byName)
  const file = fileWith(item('user-1'), item('dead-1'))
  await run(service.url, file)
  writeFileSync(`${file}.report.ndjson`, '{"line":3,"of":"half a l', { flag: 'a' })
  writeFileSync(
    file,
    [item('user-1'), item('mended-1'), item('user-3')].map((it) => JSON.stringify(it)).join('\n'),
  )
  await run(service.url, file)
  expect(sentBy(service).at(-1).connections).toEqual([item('mended-1'), item('user-3')])
  const before = service.asked.length
  expect((await run(service.url, file)).code).toBe(0)
  expect(service.asked).toHaveLength(before)
})

test('requests that fail for a while are repeated, and a refusal ends the command with a next step', async () => {
  let calls = 0
  const service = await startService((asked) => {
    calls += 1
    if (calls === 1) return { broken: true }
    return calls === 2 ? problem(503, 'storage_unavailable') : byName(asked)
  })
  const file = fileWith(item('user-1'))
  expect((await run(service.url, file)).code).toBe(0)
  expect(calls).toBe(3)

  const refusing = await startService({
    status: 403,
    json: { code: 'insufficient_scope', detail: 'It lacks a scope.', scope: 'connections:import' },
  })
  const { code, text } = await run(refusing.url, fileWith(item('user-1')))
  expect(code).toBe(1)
  expect(text).toContain('--scope connections:import')
  expect(refusing.asked).toHaveLength(1)
})

test('a dry run has a report of its own, and begins anew each time', async () => {
  const service = await startService(byName)
  const file = fileWith(item('user-1'))
  for (let times = 0; times < 2; times++) await run(service.url, file, '--dry-run')
  expect(sentBy(service).map(({ dry_run }) => dry_run)).toEqual([true, true])
  expect(reported(`${file}.dry-run.ndjson`)).toHaveLength(1)
})

test('a file that is not there, and a report that cannot be written, end the command', async () => {
  const service = await startService(byName)
  expect((await run(service.url, join(scratchFolder(), 'none'))).code).toBe(2)
  const folder = join(scratchFolder(), 'missing', 'report')
  expect((await run(service.url, fileWith(item('user-1')), '--report', folder)).code).toBe(1)
})
