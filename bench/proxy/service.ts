// Funnel Connect for the benchmark: the proxy's own bundle, as it is deployed, behind the API Gateway bridge in one
// process. Before it is measured, it counts what its calls ask AWS.
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { REMEMBERED_SECONDS } from '#domain/tokens/token-memory.ts'
import { openBridge } from '../../infra/local/api-gateway/bridge.ts'
import { tellCpu } from '../child.ts'
import { countAwsCalls } from './aws-calls.ts'
import type { Emulated } from './emulators.ts'
import type { Caller } from './fairness.ts'
import type { Found } from './report.ts'

/** What the service says when it is ready. */
export interface Started {
  readonly quiet: Caller
  readonly stormy: Caller
  readonly awsCalls: Found['awsCalls']
}

/** So few that they fit into the seconds for which a token is remembered. */
const WARM_CALLS = 100
/** The function's (infra/permissions.ts). */
const TIMEOUT_MILLISECONDS = 29_000

const emulated: Emulated = JSON.parse(process.env.EMULATED ?? '')
const { connections, directory, endpoints, routes } = emulated
// Primed at its start, as in Lambda.
Object.assign(process.env, emulated.environment, { AWS_LAMBDA_FUNCTION_NAME: 'proxy' })
const callsToAws = countAwsCalls({ DynamoDB: endpoints.dynamodb, KMS: endpoints.kms })
const { handler } = await import(pathToFileURL(join(directory, 'index.mjs')).href)
const bridge = await openBridge(0)
const context = { getRemainingTimeInMillis: () => TIMEOUT_MILLISECONDS }
bridge.serve({ routes, invoke: (_, event) => handler(event, context) })

const to = (name: keyof typeof connections, path: string): Caller => ({
  url: `${bridge.url}/v1/connections/${connections[name].id}/${path}`,
  headers: { authorization: `Bearer ${connections[name].apiKey}` },
})

/** Gives what some calls, one after the other, asked AWS all together. */
async function counted({ url, headers }: Caller, times: number) {
  for (let time = 0; time < times; time++) {
    const response = await fetch(url, { headers })
    await response.arrayBuffer()
    if (response.status !== 200) throw new Error(`The proxy answered ${response.status}`)
  }
  return callsToAws()
}

const quiet = to('quiet', 'funnels')
const cold = await counted(quiet, 1)
if (cold.DynamoDB === undefined) throw new Error('The first call cannot have asked AWS nothing')
const newTenant = await counted(to('another', 'funnels'), 1)
await sleep(REMEMBERED_SECONDS * 1000)
const beyond = await counted(quiet, 1)
// Right after a read, so that none is due while they last.
const warm = await counted(quiet, WARM_CALLS)
const started: Started = {
  quiet,
  stormy: to('stormy', 'proxy/workspaces/20417/funnels'),
  awsCalls: { cold, newTenant, warm, beyond },
}
tellCpu(JSON.stringify(started), bridge.close)
