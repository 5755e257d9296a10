// What a run begins with: one tenant with an app, an API key and two connections, made through our own API in a calm run.
// It is made once for each way in which ClickFunnels issues tokens; each run gets a copy.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { KMSClient } from '@aws-sdk/client-kms'
import { Table } from '#adapters/dynamodb/table.ts'
import { KmsDataKeys } from '#adapters/vault/data-keys.ts'
import { KmsRootKeys } from '#adapters/vault/root-keys.ts'
import { TenantKeyWrapping } from '#adapters/vault/tenant-key-wrapping.ts'
import { KmsTenantKeys } from '#adapters/vault/tenant-keys.ts'
import type { TenantId } from '#domain/ids.ts'
import { epochSeconds } from '#domain/time.ts'
import { connect } from './connect.ts'
import { Vault } from './model/holdings.ts'
import type { Row, TokenMode } from './provider/rows.ts'
import { type Parts, Stage } from './stage.ts'
import { KEY_ARN, OUR_AWS, TABLE } from './world/our-aws.ts'
import { requestHandlerOf } from './world/request-handler.ts'
import { World } from './world/world.ts'

export interface Template {
  readonly mode: TokenMode
  readonly world: World
  readonly vault: Vault
  readonly rows: readonly Row[]
  readonly account: Account
  readonly connections: readonly string[]
  /** When it was finished, in milliseconds of virtual time. */
  readonly readyAt: number
}

/** What the tenant's back end knows. */
export interface Account {
  readonly tenant: string
  readonly app: string
  readonly apiKey: string
}

export const CLIENT_SECRET = 'the-first-client-secret'
export const LIFETIME_MILLISECONDS = 2 * 60 * 60 * 1000
export const RETURN_URL = 'https://product.example.com/done'
const CONNECTIONS = 2

export async function makeTemplate(parts: Parts, mode: TokenMode): Promise<Template> {
  const world = new World(OUR_AWS, 0)
  const provider = { mode, lifetime: LIFETIME_MILLISECONDS, me: 'truth' } as const
  const stage = new Stage(parts, { seed: 0, world, provider, secrets: [CLIENT_SECRET], from: 0, calmAt: 0 })
  let account: Account | undefined
  const connections: string[] = []
  const prepare = async () => {
    account = await openAccount(stage)
    for (let number = 1; number <= CONNECTIONS; number++) {
      const connection = await connect(stage, account, { endUser: `user-${number}`, returnUrl: RETURN_URL })
      if (connection === undefined) throw new Error('The template has no connection')
      connections.push(connection)
    }
  }
  await stage.drive(prepare())
  if (account === undefined) throw new Error('The template has no account')
  const vault = new Vault(await tenantKey(world, account.tenant as TenantId, () => stage.wall()))
  const { all: rows } = stage.provider.rows
  return { mode, world, vault, rows, account, connections, readyAt: stage.timeline.now }
}

async function openAccount({ client }: Stage): Promise<Account> {
  const created = async (call: Parameters<typeof client.call>[0]) => {
    const answer = await client.call({ ...call, isOperator: true })
    if (answer?.status !== 201) throw new Error(`${call.routeKey}: ${JSON.stringify(answer)}`)
    return answer.json
  }
  const { id: tenant } = await created({
    routeKey: 'POST /v1/tenants',
    path: '/v1/tenants',
    body: { name: 'Product', return_urls: [RETURN_URL] },
  })
  const parameters = { tenant_id: tenant }
  const { id: app } = await created({
    routeKey: 'POST /v1/tenants/{tenant_id}/apps',
    path: `/v1/tenants/${tenant}/apps`,
    parameters,
    body: { name: 'App', client_id: 'client', client_secret: CLIENT_SECRET },
  })
  const { api_key: apiKey } = await created({
    routeKey: 'POST /v1/tenants/{tenant_id}/api-keys',
    path: `/v1/tenants/${tenant}/api-keys`,
    parameters,
    body: { name: 'Key' },
  })
  return { tenant, app, apiKey }
}

/** Opens the tenant's key with our own vault, over calls that never fail. */
async function tenantKey(world: World, tenant: TenantId, wall: () => number): Promise<Uint8Array> {
  const requestHandler = requestHandlerOf(world, wall)
  const credentials = { accessKeyId: 'simulated', secretAccessKey: 'simulated' }
  const config = { region: 'us-east-1', credentials, requestHandler } as object
  const table = new Table(new DynamoDBClient(config), TABLE.name)
  const dataKeys = new KmsDataKeys(new KMSClient(config))
  const now = () => epochSeconds(wall() / 1000)
  const wrapping = new TenantKeyWrapping(new KmsRootKeys(dataKeys, KEY_ARN, table, now), dataKeys)
  return new KmsTenantKeys(wrapping, table, now).useNewest(tenant, ({ key }) => Buffer.from(key))
}
