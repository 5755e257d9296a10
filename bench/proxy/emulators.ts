// The local stack's emulators for the benchmark, in a process of their own, so that their work is nobody's CPU per
// request: DynamoDB, KMS, and in them three tenants with a connection each.
import { issueApiKey } from '#domain/api-keys.ts'
import { SCOPES } from '#domain/caller.ts'
import type { AppId, EndUserId, WorkspaceId } from '#domain/ids.ts'
import { tokenOf } from '#domain/revocation.ts'
import { Secret } from '#domain/secret.ts'
import { createServices } from '#runtime/services.ts'
import { type RouteDefinition, readDeployment } from '../../infra/local/cloudformation/template.ts'
import { startStack } from '../../infra/local/stack.ts'
import { tellCpu } from '../child.ts'
import { QUIET_TOKEN, STORMY_TOKEN } from './tokens.ts'

/** What the service needs to know of them. */
export interface Emulated {
  readonly endpoints: { readonly dynamodb: string; readonly kms: string }
  readonly environment: Readonly<Record<string, string>>
  /** Of the proxy's bundle. */
  readonly directory: string
  readonly routes: readonly RouteDefinition[]
  readonly connections: Readonly<Record<'quiet' | 'another' | 'stormy', Stored>>
}

interface Stored {
  readonly id: string
  readonly apiKey: string
}

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
const environment = {
  ...proxy.environment,
  AWS_ENDPOINT_URL_DYNAMODB: dynamodb,
  AWS_ENDPOINT_URL_KMS: kms,
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
}
Object.assign(process.env, environment)
const services = createServices('bench', proxy.environment as never)

async function store(name: string, accessToken: string): Promise<Stored> {
  const now = services.now()
  const times = { createdAt: now, updatedAt: now }
  const tenantId = services.newId('tenant')
  await services.tenants.create({
    id: tenantId,
    name,
    status: 'active',
    returnUrls: [],
    origins: [],
    ...times,
  })
  const { key } = await issueApiKey(services, tenantId, { name: 'bench', scopes: SCOPES })
  const id = services.newId('connection')
  const binding = tokenOf(tenantId, id, 1, 'access_token')
  const sealed = await services.vault.seal(binding, new Secret(accessToken))
  await services.connections.create({
    id,
    tenantId,
    appId: 'app_00000000000000000000000000' as AppId,
    endUser: { id: 'user' as EndUserId },
    state: { status: 'active' },
    workspace: { id: '20417' as WorkspaceId, host: new URL(upstream).host },
    scopes: [],
    generation: 1,
    credential: { kind: 'non_expiring', accessToken: sealed },
    consecutiveFailures: 0,
    ...times,
  })
  return { id, apiKey: key.reveal() }
}

const emulated: Emulated = {
  endpoints: { dynamodb, kms },
  environment,
  directory: proxy.directory,
  routes,
  connections: {
    quiet: await store('Quiet', QUIET_TOKEN),
    another: await store('Another', QUIET_TOKEN),
    stormy: await store('Stormy', STORMY_TOKEN),
  },
}
tellCpu(JSON.stringify(emulated), stack.close)
