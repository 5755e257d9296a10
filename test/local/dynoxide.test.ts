// The DynamoDB process: it answers, and it ends with this process, even when this process is killed.
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb'
import { expect, test, vi } from 'vitest'
import { readDeployment, type TableDefinition } from '../../infra/local/cloudformation/template.ts'
import { startDynoxide } from '../../infra/local/dynamodb/dynoxide.ts'
import { ensureTables } from '../../infra/local/dynamodb/tables.ts'
import { writeFixtureApp } from '../support/fixture-app.ts'
import { scratchFolder } from '../support/scratch.ts'

test('the table of the template is made once, with its indexes, and kept between runs', async () => {
  const dbPath = join(scratchFolder(), 'db.sqlite')
  const { tables } = readDeployment(writeFixtureApp({}), { publicUrl: 'http://127.0.0.1:1', parameters: {} })
  const TableName = tables[0]?.name
  const item = { pk: { S: 'a' }, sk: { S: 'b' } }

  const first = await startDynoxide(dbPath)
  await ensureTables(environmentOf(first.url), tables)
  const table = await clientOf(first.url).send(new DescribeTableCommand({ TableName }))
  expect(table.Table?.GlobalSecondaryIndexes?.[0]).toMatchObject({
    IndexName: 'due',
    Projection: { ProjectionType: 'KEYS_ONLY' },
  })
  await clientOf(first.url).send(new PutItemCommand({ TableName, Item: item }))
  await first.close()

  const second = await startDynoxide(dbPath)
  await ensureTables(environmentOf(second.url), tables)
  const found = await clientOf(second.url).send(new GetItemCommand({ TableName, Key: item }))
  expect(found.Item).toEqual(item)

  const reshaped = { ...tables[0], properties: { ...tables[0]?.properties, GlobalSecondaryIndexes: [] } }
  await expect(ensureTables(environmentOf(second.url), [reshaped as TableDefinition])).rejects.toThrow(
    /has the keys pk\+sk, due:dueShard\+dueAt, but the template has pk\+sk. Remove the table/,
  )
  await second.close()
})

test('closing it leaves no process behind', async () => {
  const dynoxide = await startDynoxide()
  const port = new URL(dynoxide.url).port
  expect(processesOn(port).length).toBeGreaterThan(0)
  await dynoxide.close()
  expect(processesOn(port)).toEqual([])
})

test('it ends when the process that started it is killed without a chance to clean up', async () => {
  const script = `
    const { startDynoxide } = await import(${JSON.stringify(new URL('../../infra/local/dynamodb/dynoxide.ts', import.meta.url).href)})
    console.log((await startDynoxide()).url)`
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const url = await new Promise<string>((resolve) =>
    parent.stdout.once('data', (chunk) => resolve(String(chunk).trim())),
  )
  const port = new URL(url).port
  expect(processesOn(port).length).toBeGreaterThan(0)
  parent.kill('SIGKILL')
  await vi.waitFor(() => expect(processesOn(port)).toEqual([]), { timeout: 5000 })
})

/** Process ids of the emulator and its supervisor, found by the port in their arguments. */
function processesOn(port: string): string[] {
  return readdirSync('/proc').filter((id) => {
    if (!/^\d+$/.test(id)) return false
    try {
      const command = readFileSync(`/proc/${id}/cmdline`, 'utf8').split('\0')
      return command.includes(port) && command.some((argument) => argument.endsWith('/dynoxide'))
    } catch {
      return false // It ended while we looked.
    }
  })
}

function environmentOf(url: string) {
  return {
    AWS_ENDPOINT_URL_DYNAMODB: url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  }
}

function clientOf(endpoint: string): DynamoDBClient {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
  return new DynamoDBClient({ endpoint, region: 'us-east-1', credentials })
}
