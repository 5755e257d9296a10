// `kill -9` of "connections import" in the middle of a file, and the same command again: each living token ends as one connection, none
// as two, and nothing of a token is in the report. IMPORT_TOKENS=3000 imports as many.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { scratchFolder } from '../support/scratch.ts'
import { startTestStack, type TestStack, type TestTenant, WORKSPACE_ID } from '../support/stack.ts'

const TOKENS = Number(process.env.IMPORT_TOKENS ?? 150)
const [DEAD, TWICE, FOREIGN] = [0.05, 0.1, 0.05].map((share) => Math.round(TOKENS * share)) as [
  number,
  number,
  number,
]
const LIVING = TOKENS - DEAD - TWICE
const CLI = join(import.meta.dirname, '../../infra/cli/tenants.ts')

interface Item {
  readonly end_user: { readonly id: string }
  readonly access_token: string
  readonly refresh_token: string
}

let stack: TestStack
beforeAll(async () => {
  stack = await startTestStack()
})
afterAll(() => stack?.close())

async function issued({ clientId }: TestTenant, count: number, prefix: string): Promise<Item[]> {
  const body = { client_id: clientId, workspace_id: WORKSPACE_ID, count }
  const { json } = await stack.control('POST', 'tokens', body)
  return json.tokens.map((pair: object, place: number) => ({
    end_user: { id: `${prefix}-${place}` },
    ...pair,
  }))
}

/** A file with living tokens, dead ones, the same again, and those of another application. */
async function writeFile(tenant: TestTenant, file: string) {
  const [own, dead, foreign] = await Promise.all([
    issued(tenant, LIVING - FOREIGN, 'own'),
    issued(tenant, DEAD, 'dead'),
    issued(await stack.createTenant({ name: 'Other' }), FOREIGN, 'foreign'),
  ])
  for (const { access_token } of dead) await stack.control('POST', 'tokens/revoke', { access_token })
  const items = [...own, ...foreign, ...dead, ...own.slice(0, TWICE)]
  // In an order that mixes them.
  const mixed = items.map((item, place) => [(place * 7919) % items.length, item] as const)
  const lines = mixed.toSorted(([one], [other]) => one - other).map(([, item]) => JSON.stringify(item))
  writeFileSync(file, `${lines.join('\n')}\n`)
  return items
}

function begin(key: string, ...options: string[]) {
  const child = spawn(process.execPath, [CLI, 'connections', 'import', ...options], {
    env: { PATH: process.env.PATH, FUNNEL_CONNECT_URL: stack.url, FUNNEL_CONNECT_KEY: key },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text))
  const ended = new Promise<{ code: number | null; output: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, output }))
  })
  return { child, ended }
}

const linesIn = (file: string) => readFileSync(file, 'utf8').split('\n').filter(Boolean)

test(`${TOKENS} tokens, killed in the middle and run again: each living token is one connection`, async () => {
  const tenant = await stack.createTenant({ tokens: 'rotating' })
  const key = (
    await stack.api(`/v1/tenants/${tenant.id}/api-keys`, {
      method: 'POST',
      body: { name: 'import', scopes: ['connections:import', 'connections:read'] },
    })
  ).json.api_key
  const file = join(scratchFolder(), 'tokens.ndjson')
  const items = await writeFile(tenant, file)
  const report = `${file}.report.ndjson`
  // ClickFunnels limits now and then.
  const limited = { kind: 'status', status: 429, retry_after: 1 }
  await stack.control('POST', 'faults', { path: '/api/v2/me', times: 5, fault: limited })
  await stack.control('DELETE', 'requests')

  const began = Date.now()
  const options = ['--app', tenant.appId, '--file', file]
  const first = begin(key, ...options)
  await expect
    .poll(() => existsSync(report) && linesIn(report).length, { timeout: 60_000, interval: 5 })
    .toBeTruthy()
  first.child.kill('SIGKILL')
  await first.ended
  const before = linesIn(report).length
  expect(before).toBeLessThan(TOKENS)
  const second = await begin(key, ...options).ended
  const seconds = (Date.now() - began) / 1000
  expect(second.code, second.output).toBe(0)
  process.stdout.write(`${TOKENS} tokens in ${seconds.toFixed(1)} s, killed after ${before}\n`)

  const results = linesIn(report).map((line) => JSON.parse(line))
  expect(new Set(results.map(({ line }) => line)).size).toBe(TOKENS)
  expect(results.filter(({ status }) => status === 'dead')).toHaveLength(DEAD)
  expect(results.every(({ status, connect_url }) => status !== 'dead' || connect_url)).toBe(true)
  expect(await connectionsOf(key)).toEqual(
    new Set(
      items.filter(({ end_user }) => !end_user.id.startsWith('dead')).map(({ end_user }) => end_user.id),
    ),
  )
  const requests = (await stack.control('GET', 'requests?path=/oauth/token')).json.requests
  expect(requests).toEqual([])
  const told = `${readFileSync(report, 'utf8')}${second.output}${stack.logs()}`
  const leaked = items.flatMap(({ access_token, refresh_token }) => [access_token, refresh_token])
  expect(leaked.filter((token) => told.includes(token))).toEqual([])

  const third = await begin(key, ...options).ended
  expect([third.code, linesIn(report).length]).toEqual([0, results.length])
}, 600_000)

/** The end users of all connections, each with one. */
async function connectionsOf(key: string): Promise<ReadonlySet<string>> {
  const found: string[] = []
  for (let cursor = ''; ; ) {
    const { json } = await stack.api(`/v1/connections?limit=100${cursor && `&cursor=${cursor}`}`, { key })
    found.push(...json.data.map(({ end_user }: Item) => end_user.id))
    if (json.next_cursor === undefined) break
    cursor = json.next_cursor
  }
  expect(new Set(found).size).toBe(found.length)
  return new Set(found)
}
