// The stack as a whole, on a small app of its own: its parts reach each other, and closing it leaves nothing behind.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { GenerateDataKeyCommand, KMSClient } from '@aws-sdk/client-kms'
import { afterEach, expect, test, vi } from 'vitest'
import { startDynoxide } from '../../infra/local/dynamodb/dynoxide.ts'
import { listenOnLoopback } from '../../infra/local/loopback-server.ts'
import { type LocalStack, type StackOptions, startStack } from '../../infra/local/stack.ts'
import { writeFixtureApp } from '../support/fixture-app.ts'
import { scratchFolder } from '../support/scratch.ts'

const ENVIRONMENT = `export const handler = async () => ({ statusCode: 200, body: JSON.stringify(process.env) })`
const SHARD = `export const handler = async ({ shard }) => { console.log('shard', shard); return { shard } }`
const app = {
  environment: { source: ENVIRONMENT, routes: ['GET /env'] },
  'keep-alive': { source: SHARD, schedules: [{ shard: 0 }, { shard: 1 }] },
}
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
const stacks: LocalStack[] = []

afterEach(async () => {
  vi.unstubAllEnvs()
  for (const stack of stacks.splice(0)) await stack.close()
})

async function start(options: StackOptions = {}): Promise<LocalStack> {
  const stack = await startStack({ templates: writeFixtureApp(app), ...options })
  stacks.push(stack)
  return stack
}

async function environmentOf(stack: LocalStack) {
  return (await (await fetch(`${stack.url}/env`)).json()) as Record<string, string>
}

test('functions get their table, their key, their URL, the emulators and the parameters', async () => {
  const stack = await start({ parameters: { ClickFunnelsProfile: 'custom' } })
  const environment = await environmentOf(stack)
  expect(environment).toMatchObject({
    PUBLIC_URL: stack.url,
    CLICKFUNNELS_PROFILE: 'custom',
    AWS_ENDPOINT_URL_DYNAMODB: stack.endpoints.dynamodb,
    AWS_ENDPOINT_URL_KMS: stack.endpoints.kms,
  })
  const dynamodb = new DynamoDBClient({
    endpoint: stack.endpoints.dynamodb,
    region: 'us-east-1',
    credentials,
  })
  expect((await dynamodb.send(new ListTablesCommand())).TableNames).toEqual([environment.TABLE_NAME])
  const kms = new KMSClient({ endpoint: stack.endpoints.kms, region: 'us-east-1', credentials })
  await kms.send(new GenerateDataKeyCommand({ KeyId: environment.ROOT_KEY_ARN, KeySpec: 'AES_256' }))
  expect(stack.kmsCalls()).toEqual({ GenerateDataKey: 1 })
})

test('functions can be invoked by name, and schedules run on demand; everything logged is seen', async () => {
  const logs: string[] = []
  const stack = await start({ onLog: ({ function: name, text }) => logs.push(`${name}: ${text}`) })
  expect(await stack.invoke('keep-alive', { shard: 7 })).toEqual({ shard: 7 })
  const runs = await stack.runSchedules()
  expect(runs.map(({ result }) => result)).toEqual([{ shard: 0 }, { shard: 1 }])
  expect(logs.sort()).toEqual(['keep-alive: shard 0\n', 'keep-alive: shard 1\n', 'keep-alive: shard 7\n'])
  await expect(stack.invoke('keepalive', {})).rejects.toThrow('only environment, keep-alive')
})

test('with a data folder the table and the key are the same in the next run', async () => {
  const dataDir = scratchFolder()
  const templates = writeFixtureApp(app)
  const first = await start({ dataDir, templates })
  const before = await environmentOf(first)
  await first.close()
  const after = await environmentOf(await start({ dataDir, templates }))
  expect([after.TABLE_NAME, after.ROOT_KEY_ARN]).toEqual([before.TABLE_NAME, before.ROOT_KEY_ARN])
})

test('endpoints of the environment are used instead of our own', async () => {
  const dynoxide = await startDynoxide()
  vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', dynoxide.url)
  vi.stubEnv('AWS_ENDPOINT_URL_KMS', 'http://127.0.0.1:9')
  await expect(start()).rejects.toThrow('ROOT_KEY_ARN must name a')
  vi.stubEnv('ROOT_KEY_ARN', 'arn:aws:kms:eu-west-1:123456789012:key/x')
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'given')
  vi.stubEnv('AWS_REGION', 'eu-west-1')
  const environment = await environmentOf(await start())
  expect(environment).toMatchObject({
    AWS_ENDPOINT_URL_DYNAMODB: dynoxide.url,
    AWS_ENDPOINT_URL_KMS: 'http://127.0.0.1:9',
    ROOT_KEY_ARN: 'arn:aws:kms:eu-west-1:123456789012:key/x',
    AWS_ACCESS_KEY_ID: 'given',
    AWS_REGION: 'eu-west-1',
  })
  await stacks.pop()?.close()
  await dynoxide.close()
})

test('when a part does not start, those before it are closed', async () => {
  const probe = await listenOnLoopback(0, () => {})
  await expect(start({ port: probe.port })).rejects.toMatchObject({ code: 'EADDRINUSE', port: probe.port })
  await probe.close()
  const file = join(scratchFolder(), 'file')
  writeFileSync(file, '')
  await expect(start({ port: probe.port, dataDir: file })).rejects.toThrow('EEXIST')
  await expect(start({ port: probe.port, parameters: { Unknown: '' } })).rejects.toThrow(
    'No stack has a parameter',
  )
  const stack = await start({ port: probe.port })
  expect(stack.url).toBe(`http://127.0.0.1:${probe.port}`)
})

test('a closed stack answers no more', async () => {
  const stack = await start()
  await stack.close()
  for (const url of [stack.url, stack.endpoints.dynamodb, stack.endpoints.kms]) {
    await expect(fetch(url)).rejects.toThrow('fetch failed')
  }
})
