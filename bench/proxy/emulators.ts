// The local stack's emulators for the benchmark, in a process of their own, so that their work is nobody's CPU per
// request: DynamoDB, KMS, and in them three tenants with a connection each.

import { createServices } from '#runtime/services.ts'
import { type RouteDefinition, readDeployment } from '../../infra/local/cloudformation/template.ts'
import { startStack } from '../../infra/local/stack.ts'
import { tellCpu } from '../child.ts'
import { type StoredConnection, storeConnection } from '../stored-connection.ts'
import { QUIET_TOKEN, STORMY_TOKEN } from './tokens.ts'

/** What the service needs to know of them. */
export interface Emulated {
  readonly endpoints: { readonly dynamodb: string; readonly kms: string }
  readonly environment: Readonly<Record<string, string>>
  /** Of the proxy's bundle. */
  readonly directory: string
  readonly routes: readonly RouteDefinition[]
  readonly connections: Readonly<Record<'quiet' | 'another' | 'stormy', StoredConnection>>
}

const upstream = process.env.UPSTREAM_URL ?? ''
const templates = process.env.TEMPLATES ?? ''
const { host } = new URL(upstream)
const parameters = {
  ClickFunnelsProfile: 'custom',
  ClickFunnelsAccountsUrl: upstream,
  ClickFunnelsApiUrl: upstream,
  ClickFunnelsWorkspaceHosts: host,
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

const store = (tenant: string, accessToken: string) =>
  storeConnection(services, { tenant, host, accessToken })

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
