// Each function under AWS' own runtime interface client for Node, from the bundle that is deployed: it loads, it answers, its
// failure is reported, and whatever it writes is one JSON object a line, as JSON logs are.
import { setTimeout as sleep } from 'node:timers/promises'
import { SCOPES } from '#domain/callers/caller.ts'
import { startClickFunnels } from '../../../infra/local/clickfunnels/simulator.ts'
import { templateParameters } from '../../../infra/local/settings.ts'
import { testClient } from '../../support/stack.ts'
import type { Part, PartContext, Report } from '../part.ts'
import { buildRuntimeClient } from '../runtime-client/build.ts'
import type { FunctionProcess } from '../runtime-client/function-process.ts'
import { type ServiceUnderClient, startService } from '../runtime-client/service.ts'

const PROVIDER = { profile: 'custom', accountsUrl: '', apiUrl: '', workspaceHosts: '' } as const
const LOG_LIMIT_MS = 5_000
const LEVELS = ['INFO', 'WARN', 'ERROR', 'FATAL', 'DEBUG', 'TRACE']

export const runtimeClient: Part = {
  name: 'runtime-client',
  title: "each function loads, answers and logs under AWS' own runtime client for Node",
  run: runFunctions,
}

async function runFunctions({ say }: PartContext): Promise<Report> {
  const client = await buildRuntimeClient(say)
  say('starting each function of the template under the runtime client')
  const simulator = await startClickFunnels({ port: 0 })
  try {
    const service = await startService(client, templateParameters(PROVIDER, simulator))
    try {
      const names = [...service.functions.keys()]
      await Promise.all([...service.functions.values()].map(({ initialized }) => initialized))
      say('a journey through every function')
      await callEachFunction(service, simulator.url)
      const stillborn = await failOnPurpose(service)
      const lines = checkLogs([...service.functions, ['proxy, without TABLE_NAME', stillborn]])
      if (service.denials.length > 0) {
        throw new Error(`Refused by the functions' policies: ${JSON.stringify(service.denials)}`)
      }
      return {
        proven: [
          `${names.length} functions load from their bundles with Lambda's flags for Node, and answer: ${names.join(', ')}`,
          `${lines} lines of log, each one JSON object with a level`,
          'a failed invocation and a failed start are reported to Lambda, and logged',
        ],
        notProvable: [
          'the ARM processor, the memory limit and the frozen time between invocations: processes of this machine have none of them',
        ],
      }
    } finally {
      await service.close()
    }
  } finally {
    await simulator.close()
  }
}

/** Calls every function at least once, with a result that says that it did its work. */
async function callEachFunction(service: ServiceUnderClient, simulatorUrl: string): Promise<void> {
  const { api, createTenant, connect } = testClient(service.url, simulatorUrl)
  const expectStatus = async (status: number, ...call: Parameters<typeof api>) => {
    const answer = await api(...call)
    if (answer.status === status) return answer
    throw new Error(`${call[1]?.method ?? 'GET'} ${call[0]} was answered ${answer.status}: ${answer.text}`)
  }
  const tenant = await createTenant({ scopes: SCOPES })
  const { status, json, text } = await connect(tenant)
  if (status !== 200) throw new Error(`Connecting a workspace was answered ${status}: ${text}`)
  const key = tenant.apiKey
  await expectStatus(200, `/v1/connections/${json.id}/proxy/me`, { key })
  await expectStatus(200, `/v1/connections/${json.id}`, { key })
  const managed = { end_user: { id: 'user-1' }, return_url: tenant.returnUrl }
  await expectStatus(201, '/v1/manage-links', { method: 'POST', key, body: managed })
  await expectStatus(200, '/v1/audit-events', { key })
  await expectStatus(200, '/v1/events', { key })
  const imported = { connections: [{ end_user: { id: 'user-2' }, access_token: 'unknown' }] }
  await expectStatus(200, '/v1/connections/import', { method: 'POST', key, body: imported })
  const public_key = { kty: 'OKP', crv: 'X25519', x: '3p7bfXt9wbTTW2HC7OQ1Nz-DQ8hbeGdNrfx-FG-IK08' }
  await expectStatus(200, '/v1/export-key', { method: 'PUT', key, body: { public_key } })
  // The deployment allows no export.
  await expectStatus(403, `/v1/tenants/${tenant.id}/connections/export`, { method: 'POST', body: {} })
  const hook = { url: 'https://saas.example.com/hooks' }
  await expectStatus(201, '/v1/webhook-endpoints', { method: 'POST', key, body: hook })
  await expectStatus(200, `/v1/tenants/${tenant.id}/connections`)
  await expectStatus(200, '/v1/health')
  // A genuine event needs the secret of an endpoint. The function looks for the id, and refuses it.
  await expectStatus(404, '/v1/clickfunnels-events/unknown', { method: 'POST', body: {} })
  const runs = await service.schedules.runAll()
  for (const { function: name, error } of runs) {
    if (error) throw new Error(`The schedule of "${name}" failed: ${error.message}`)
  }
  const recovered = await service.functions.get('recover-rotations')?.invoke({ Records: [] })
  if (JSON.stringify(recovered) !== '{"batchItemFailures":[]}') {
    throw new Error(`"recover-rotations" answered ${JSON.stringify(recovered)}`)
  }
  const silent = [...service.functions].filter(([, { answered }]) => answered() === 0)
  if (silent.length > 0) throw new Error(`Never called: ${silent.map(([name]) => name).join(', ')}`)
}

/** Lambda counts a failure only if the client reports it. @returns the process that did not start */
async function failOnPurpose(service: ServiceUnderClient): Promise<FunctionProcess> {
  const keepAlive = service.functions.get('keep-alive')
  const failed = keepAlive?.invoke({ shard: -1 })
  await refused(failed, /shard/, 'An invocation of "keep-alive" for a shard that does not exist')
  const stillborn = await service.startAgain('proxy', { TABLE_NAME: '' })
  await refused(stillborn.initialized, /TABLE_NAME/, 'A start of "proxy" without TABLE_NAME')
  for (const process of [keepAlive, stillborn]) {
    // The report and the line of log leave the process on different ways.
    const limit = Date.now() + LOG_LIMIT_MS
    while (!/"level":"(ERROR|FATAL)"/.test(process?.output() ?? '')) {
      if (Date.now() > limit) throw new Error(`A failure was not logged, only: ${process?.output()}`)
      await sleep(20)
    }
  }
  return stillborn
}

async function refused(outcome: Promise<unknown> | undefined, pattern: RegExp, what: string): Promise<void> {
  const message = await Promise.resolve(outcome).then(
    () => 'it succeeded',
    (error: Error) => error.message,
  )
  if (!pattern.test(message)) throw new Error(`${what} was not reported as expected: ${message}`)
}

/** @returns how many lines they wrote */
function checkLogs(processes: readonly (readonly [string, FunctionProcess])[]): number {
  const lines = processes.flatMap(([name, process]) => {
    const written = process.output().split('\n').filter(Boolean)
    return written.map((line) => ({ name, line }))
  })
  for (const { name, line } of lines) {
    if (!LEVELS.includes(String(levelOf(line)))) {
      throw new Error(`"${name}" wrote a line that is no JSON object with a level: ${line.slice(0, 500)}`)
    }
  }
  return lines.length
}

function levelOf(line: string): unknown {
  try {
    return JSON.parse(line)?.level
  } catch {
    return undefined
  }
}
