// Keep-alive at work on the real adapters: so many due connections on the embedded DynamoDB and KMS and the simulator,
// against a refresh as it is commonly written (read, decrypt, ask, generate a data key, put), in the same process.
// Usage: npm run bench:refresh [-- --connections 10000 --stored 0 --json]; "stored": so many others that are not due.
import { parseArgs } from 'node:util'
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { DecryptCommand, GenerateDataKeyCommand, KMSClient } from '@aws-sdk/client-kms'
import { keepAlive } from '#domain/keep-alive/keep-alive.ts'
import type { KeepAliveReport } from '#domain/keep-alive/run-report.ts'
import { Secret } from '#domain/secret.ts'
import { synthesize } from '../../infra/local/cloudformation/synthesis.ts'
import { readDeployment } from '../../infra/local/cloudformation/template.ts'
import { startStack } from '../../infra/local/stack.ts'
import { countCapacity } from '../capacity.ts'
import { startChild } from '../child.ts'
import { inParallel, seed } from './fleet.ts'
import { storeIdle } from './idle.ts'
import { servicesOn } from './services.ts'

const { values } = parseArgs({
  options: {
    connections: { type: 'string', default: '10000' },
    stored: { type: 'string', default: '0' },
    json: { type: 'boolean', default: false },
  },
})
const count = Number(values.connections)
const APPS = 8
const NAIVE_SHARE = 10
const say = (text: string) => process.stderr.write(`${text}\n`)

const { directory: templates } = await synthesize()
const provider = await startChild('simulator', new URL('./provider.ts', import.meta.url), {})
const simulator = JSON.parse(provider.url)
const parameters = {
  ClickFunnelsProfile: 'custom',
  ClickFunnelsAccountsUrl: simulator.url,
  ClickFunnelsApiUrl: '',
  ClickFunnelsWorkspaceHosts: simulator.workspaceHosts.join(','),
}
const stack = await startStack({ templates, parameters })
const { functions } = readDeployment(templates, {
  publicUrl: stack.url,
  parameters,
  sqsUrl: stack.endpoints.sqs,
})
const environment = functions.find(({ name }) => name === 'keep-alive')?.environment ?? {}
const access = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
}
const dynamodb = new DynamoDBClient({ endpoint: stack.endpoints.dynamodb, ...access })
const kms = new KMSClient({ endpoint: stack.endpoints.kms, ...access })
Object.assign(process.env, {
  AWS_ENDPOINT_URL_DYNAMODB: stack.endpoints.dynamodb,
  AWS_ENDPOINT_URL_KMS: stack.endpoints.kms,
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
})
const services = servicesOn(dynamodb, environment)
const kmsCalls = () => Object.values(stack.kmsCalls()).reduce((sum, calls) => sum + calls, 0)
const tokenCalls = async () => {
  const response = await fetch(`${simulator.url}/_control/tokens`)
  const { grants } = (await response.json()) as { grants: { refresh_token: number } }
  return grants.refresh_token
}

say(`Storing ${count} connections of ${APPS} apps …`)
const apps = await seed(services, simulator.url, APPS, count)
const stored = Number(values.stored)
if (stored > 0) {
  say(`Storing ${stored} others that are not due …`)
  await storeIdle(dynamodb, environment.TABLE_NAME ?? '', stored, say)
}
const capacity = countCapacity(dynamodb)

say('Refreshing …')
const kmsBefore = kmsCalls()
const began = performance.now()
const ticker = setInterval(async () => say(`  ${await tokenCalls()} refreshed`), 2000)
const reports: KeepAliveReport[] = await Promise.all(
  Array.from({ length: 4 }, (_, shard) => keepAlive(services, { shard, of: 4 }, () => true)),
)
clearInterval(ticker)
const seconds = (performance.now() - began) / 1000
const calls = await tokenCalls()
const refreshed = reports.reduce((sum, report) => sum + (report.refreshed ?? 0), 0)
const ours = {
  perSecond: refreshed / seconds,
  upstreamCalls: calls / refreshed,
  readUnits: capacity.readUnits / refreshed,
  writeUnits: capacity.writeUnits / refreshed,
  dynamoDbCalls: capacity.calls / refreshed,
  kmsCalls: (kmsCalls() - kmsBefore) / refreshed,
}

say('The same as it is commonly written …')
const naiveCount = Math.ceil(count / NAIVE_SHARE)
const TableName = environment.TABLE_NAME
const client = {
  clientId: apps[0]?.clientId ?? '',
  clientSecret: new Secret('unknown'),
}
const wrapped = await kms.send(
  new GenerateDataKeyCommand({
    KeyId: environment.ROOT_KEY_ARN,
    KeySpec: 'AES_256',
    EncryptionContext: { purpose: 'bench' },
  }),
)
const key = (place: number) => ({ pk: { S: `naive#${place}` }, sk: { S: 'naive' } })
const body = { B: new Uint8Array(900) }
const places = Array.from({ length: naiveCount }, (_, place) => place)
await inParallel(places, (place) =>
  dynamodb.send(new PutItemCommand({ TableName, Item: { ...key(place), body } })),
)
const naiveBefore = { ...capacity, kms: kmsCalls() }
const naiveBegan = performance.now()
await inParallel(places, async (place) => {
  await dynamodb.send(new GetItemCommand({ TableName, Key: key(place), ConsistentRead: true }))
  const context = { EncryptionContext: { purpose: 'bench' } }
  await kms.send(new DecryptCommand({ CiphertextBlob: wrapped.CiphertextBlob, ...context }))
  await services.authorizationServer.refresh(client, new Secret('unknown'))
  await kms.send(
    new GenerateDataKeyCommand({ KeyId: environment.ROOT_KEY_ARN, KeySpec: 'AES_256', ...context }),
  )
  await dynamodb.send(new PutItemCommand({ TableName, Item: { ...key(place), body } }))
})
const naiveSeconds = (performance.now() - naiveBegan) / 1000
const naive = {
  perSecond: naiveCount / naiveSeconds,
  readUnits: (capacity.readUnits - naiveBefore.readUnits) / naiveCount,
  writeUnits: (capacity.writeUnits - naiveBefore.writeUnits) / naiveCount,
  dynamoDbCalls: (capacity.calls - naiveBefore.calls) / naiveCount,
  kmsCalls: (kmsCalls() - naiveBefore.kms) / naiveCount,
}
await stack.close()
await provider.stop()

if (values.json)
  process.stdout.write(`${JSON.stringify({ refreshed, seconds, ours, naive }, undefined, 2)}\n`)
else {
  const row = (name: string, own: number, other?: number) =>
    `${name.padEnd(34)}${own.toFixed(3).padStart(10)}${(other?.toFixed(3) ?? '').padStart(12)}`
  process.stdout.write(
    [
      `${refreshed} of ${count} due connections refreshed in ${seconds.toFixed(1)} s`,
      `${''.padEnd(34)}${'keep-alive'.padStart(10)}${'common form'.padStart(12)}`,
      row('refreshes per second', ours.perSecond, naive.perSecond),
      row('upstream calls per refresh', ours.upstreamCalls, 1),
      row('DynamoDB calls per refresh', ours.dynamoDbCalls, naive.dynamoDbCalls),
      row('read units per refresh', ours.readUnits, naive.readUnits),
      row('write units per refresh', ours.writeUnits, naive.writeUnits),
      row('KMS calls per refresh', ours.kmsCalls, naive.kmsCalls),
      '',
    ].join('\n'),
  )
}
if (refreshed !== count || calls !== count) {
  say(`Expected ${count} refreshes with one upstream call each, got ${refreshed} with ${calls} calls`)
  process.exitCode = 1
}
