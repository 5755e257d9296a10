// Funnel Connect for the benchmark: the proxy's own bundle, as it is deployed, behind the API Gateway bridge in one
// process, on the local stack's emulators, with one connection.
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { issueApiKey } from '#domain/api-keys.ts'
import { SCOPES } from '#domain/caller.ts'
import type { AppId, EndUserId, WorkspaceId } from '#domain/ids.ts'
import { tokenOf } from '#domain/revocation.ts'
import { Secret } from '#domain/secret.ts'
import { createServices } from '#runtime/services.ts'
import { openBridge } from '../../infra/local/api-gateway/bridge.ts'
import { readDeployment } from '../../infra/local/cloudformation/template.ts'
import { startStack } from '../../infra/local/stack.ts'
import { tellCpu } from '../child.ts'

const upstream = process.env.UPSTREAM_URL ?? ''
const templates = process.env.TEMPLATES ?? ''
const parameters = {
  ClickFunnelsProfile: 'custom',
  ClickFunnelsAccountsUrl: upstream,
  ClickFunnelsApiUrl: upstream,
  ClickFunnelsWorkspaceHosts: new URL(upstream).host,
}
const stack = await startStack({ templates, parameters })

const { dynamodb, kms, sqs } = stack.endpoints
const { functions, routes } = readDeployment(templates, { publicUrl: stack.url, parameters, sqsUrl: sqs })
const proxy = functions.find(({ name }) => name === 'proxy')
if (proxy === undefined) throw new Error('The template has no function "proxy"')
Object.assign(process.env, {
  AWS_ENDPOINT_URL_DYNAMODB: dynamodb,
  AWS_ENDPOINT_URL_KMS: kms,
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
})
Object.assign(process.env, proxy.environment)
const services = createServices('bench', proxy.environment as never)
const { handler } = await import(pathToFileURL(join(proxy.directory, 'index.mjs')).href)
const bridge = await openBridge(0)
bridge.serve({ routes, invoke: (_, event) => handler(event, {}) })

const now = services.now()
const tenantId = services.newId('tenant')
const times = { createdAt: now, updatedAt: now }
await services.tenants.create({
  id: tenantId,
  name: 'Bench',
  status: 'active',
  returnUrls: [],
  origins: [],
  ...times,
})
const { key } = await issueApiKey(services, tenantId, { name: 'bench', scopes: SCOPES })
const id = services.newId('connection')
const accessToken = await services.vault.seal(
  tokenOf(tenantId, id, 1, 'access_token'),
  new Secret('a-sealed-token-of-exactly-forty-three-chars'),
)
await services.connections.create({
  id,
  tenantId,
  appId: 'app_00000000000000000000000000' as AppId,
  endUser: { id: 'user' as EndUserId },
  state: { status: 'active' },
  workspace: { id: '20417' as WorkspaceId, host: new URL(upstream).host },
  scopes: [],
  generation: 1,
  credential: { kind: 'non_expiring', accessToken },
  consecutiveFailures: 0,
  ...times,
})
const url = `${bridge.url}/v1/connections/${id}/funnels`
const headers = { authorization: `Bearer ${key.reveal()}` }
for (let attempt = 0; (await fetch(url, { headers })).status !== 200; attempt++) {
  if (attempt === 20) throw new Error('The proxy does not answer 200')
  await sleep(100)
}
tellCpu(JSON.stringify({ url, headers }), async () => {
  await bridge.close()
  await stack.close()
})
