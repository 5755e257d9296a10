// The world of a start: emulators with one tenant and one connection, an upstream, and what the bundles are called with.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb'
import { unmarshall } from '@aws-sdk/util-dynamodb'
import { ROOT_KEY_VERSION_KEY } from '#adapters/table.ts'
import { issueApiKey } from '#domain/api-keys.ts'
import { SCOPES } from '#domain/caller.ts'
import type { AppId, EndUserId, WorkspaceId } from '#domain/ids.ts'
import { tokenOf } from '#domain/revocation.ts'
import { Secret } from '#domain/secret.ts'
import { createServices } from '#runtime/services.ts'
import { synthesize } from '../../infra/local/cloudformation/synthesis.ts'
import { readDeployment } from '../../infra/local/cloudformation/template.ts'
import { startStack } from '../../infra/local/stack.ts'
import { newAuthority } from '../../test/support/certificates.ts'
import { startChild } from '../child.ts'
import { overTls } from './over-tls.ts'
import type { Calls } from './three-calls.ts'

export interface Scene {
  /** Of the proxy, without what says that it runs in Lambda. */
  readonly environment: Readonly<Record<string, string>>
  /** A request for the proxy. */
  readonly event: unknown
  readonly calls: Calls
  close(): Promise<void>
}

export async function openScene(): Promise<Scene> {
  const folder = mkdtempSync(join(tmpdir(), 'start-up-scene-'))
  const authority = newAuthority()
  writeFileSync(join(folder, 'authority.pem'), authority.cert)
  const certificate = authority.issue('127.0.0.1')
  const plain = await startChild('upstream', new URL('../proxy/upstream.ts', import.meta.url), {})
  const upstream = await overTls(plain.url, certificate)
  const parameters = {
    ClickFunnelsProfile: 'custom',
    ClickFunnelsAccountsUrl: upstream.url,
    ClickFunnelsApiUrl: upstream.url,
    ClickFunnelsWorkspaceHosts: new URL(upstream.url).host,
  }
  const { directory: templates } = await synthesize()
  const stack = await startStack({ templates, parameters })
  const { sqs } = stack.endpoints
  const { functions } = readDeployment(templates, { publicUrl: stack.url, parameters, sqsUrl: sqs })
  const dynamodb = await overTls(stack.endpoints.dynamodb, certificate)
  const kms = await overTls(stack.endpoints.kms, certificate)
  const environment: Record<string, string> = {
    ...functions.find(({ name }) => name === 'proxy')?.environment,
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb.url,
    AWS_ENDPOINT_URL_KMS: kms.url,
    AWS_ENDPOINT_URL_SQS: sqs,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  }
  // This process populates the table; it has no need of TLS.
  const { dynamodb: AWS_ENDPOINT_URL_DYNAMODB, kms: AWS_ENDPOINT_URL_KMS } = stack.endpoints
  Object.assign(process.env, environment, { AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL_KMS })
  const { key, connectionId } = await populate(environment, new URL(upstream.url).host)
  const routeKey = 'GET /v1/connections/{id}/funnels'
  return {
    environment: { ...environment, NODE_EXTRA_CA_CERTS: join(folder, 'authority.pem') },
    event: {
      version: '2.0',
      routeKey,
      rawPath: `/v1/connections/${connectionId}/funnels`,
      rawQueryString: '',
      headers: { authorization: `Bearer ${key}`, host: 'connect.example.com', 'user-agent': 'bench' },
      pathParameters: { id: connectionId },
      requestContext: { requestId: 'bench', routeKey, http: { method: 'GET' } },
      isBase64Encoded: false,
    },
    calls: await threeCalls(environment, `${upstream.url}/api/v2/workspaces/20417/funnels`),
    close: async () => {
      for (const behind of [dynamodb, kms, upstream]) await behind.close()
      await stack.close()
      await plain.stop()
      rmSync(folder, { recursive: true })
    },
  }
}

async function populate(environment: Readonly<Record<string, string>>, host: string) {
  const services = createServices('bench', environment as never)
  const now = services.now()
  const times = { createdAt: now, updatedAt: now }
  const tenantId = services.newId('tenant')
  const tenant = {
    id: tenantId,
    name: 'Bench',
    status: 'active',
    returnUrls: [],
    origins: [],
    ...times,
  } as const
  await services.tenants.create(tenant)
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
    workspace: { id: '20417' as WorkspaceId, host },
    scopes: [],
    generation: 1,
    credential: { kind: 'non_expiring', accessToken },
    consecutiveFailures: 0,
    ...times,
  })
  return { key: key.reveal(), connectionId: id }
}

/** Reads and opens the root key that the connection's token needs, as the proxy does. */
async function threeCalls(environment: Readonly<Record<string, string>>, upstream: string): Promise<Calls> {
  const client = new DynamoDBClient({})
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName: environment.TABLE_NAME,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :sk)',
      ExpressionAttributeValues: { ':pk': { S: ROOT_KEY_VERSION_KEY.pk }, ':sk': { S: 'root-key#' } },
    }),
  )
  client.destroy()
  const [item] = Items
  if (item === undefined) throw new Error('No root key was made')
  const { pk, sk, wrapped } = unmarshall(item)
  const [version, number] = String(sk).split('#').slice(1).map(Number)
  return {
    table: environment.TABLE_NAME ?? '',
    key: { pk: { S: pk }, sk: { S: sk } },
    keyArn: environment.ROOT_KEY_ARN ?? '',
    wrapped: Buffer.from(wrapped).toString('base64'),
    encryptionContext: { purpose: 'funnel-connect/root-key', root_key: `${version}/${number}` },
    upstream,
  }
}
