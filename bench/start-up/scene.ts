// The surroundings of a start: emulators with one tenant and one connection, an upstream, and the events for the bundles.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb'
import { unmarshall } from '@aws-sdk/util-dynamodb'
import { ROOT_KEY_VERSION_KEY } from '#adapters/dynamodb/schema.ts'
import { ROOT_KEY_PURPOSE } from '#adapters/vault/purpose.ts'
import { createServices } from '#runtime/services.ts'
import { synthesize } from '../../infra/local/cloudformation/synthesis.ts'
import { readDeployment } from '../../infra/local/cloudformation/template.ts'
import { startStack } from '../../infra/local/stack.ts'
import { newAuthority } from '../../test/support/certificates.ts'
import { startChild } from '../child.ts'
import { storeConnection } from '../stored-connection.ts'
import { overTls } from './over-tls.ts'
import type { Calls } from './three-calls.ts'

export interface Scene {
  /** The proxy's environment, without the variables that say that it runs in Lambda. */
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
  // This process populates the table, and needs no TLS for it.
  const { dynamodb: AWS_ENDPOINT_URL_DYNAMODB, kms: AWS_ENDPOINT_URL_KMS } = stack.endpoints
  Object.assign(process.env, environment, { AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL_KMS })
  const { apiKey, id } = await storeConnection(createServices('bench', environment as never), {
    tenant: 'Bench',
    host: new URL(upstream.url).host,
    accessToken: 'a-sealed-token-of-exactly-forty-three-chars',
  })
  const routeKey = 'GET /v1/connections/{id}/funnels'
  return {
    environment: { ...environment, NODE_EXTRA_CA_CERTS: join(folder, 'authority.pem') },
    event: {
      version: '2.0',
      routeKey,
      rawPath: `/v1/connections/${id}/funnels`,
      rawQueryString: '',
      headers: { authorization: `Bearer ${apiKey}`, host: 'connect.example.com', 'user-agent': 'bench' },
      pathParameters: { id },
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

/** Prepares the calls that read and unwrap the root key of the connection's token, as the proxy does. */
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
    encryptionContext: { purpose: ROOT_KEY_PURPOSE, root_key: `${version}/${number}` },
    upstream,
  }
}
