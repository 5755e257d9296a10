// The embedded DynamoDB, asked on the wire: what the SDK would send, without its checks and its time.
import { Agent, request } from 'node:http'
import { json } from 'node:stream/consumers'
import { startDynoxide } from '../../../../infra/local/dynamodb/dynoxide.ts'
import type { TableShape } from '../dynamodb/table.ts'
import type { Answer } from '../world.ts'

export interface Emulator {
  call(target: string, input: object): Promise<Answer>
  close(): Promise<void>
}

export async function startEmulator(table: TableShape): Promise<Emulator> {
  const dynoxide = await startDynoxide()
  const { hostname, port } = new URL(dynoxide.url)
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const call = (target: string, input: object) =>
    new Promise<Answer>((resolve, reject) => {
      const headers = {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': target,
        'x-amz-date': '20260101T000000Z',
        authorization:
          'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
      }
      const outgoing = request({ hostname, port, agent, method: 'POST', path: '/', headers }, (answer) => {
        json(answer).then((body) => resolve({ status: answer.statusCode ?? 0, body: body as object }), reject)
      })
      outgoing.once('error', reject)
      outgoing.end(JSON.stringify(input))
    })
  const created = await call('DynamoDB_20120810.CreateTable', definitionOf(table))
  if (created.status !== 200) throw new Error(JSON.stringify(created.body))
  return {
    call,
    close: async () => {
      agent.destroy()
      await dynoxide.close()
    },
  }
}

function definitionOf({ name, partitionKey, sortKey, indexes }: TableShape): object {
  const keys = (partition: string, sort: string) => [
    { AttributeName: partition, KeyType: 'HASH' },
    { AttributeName: sort, KeyType: 'RANGE' },
  ]
  const types = new Map([
    [partitionKey, 'S'],
    [sortKey, 'S'],
    ...indexes.flatMap((index): [string, string][] => [
      [index.partitionKey, 'S'],
      [index.sortKey, index.sortType],
    ]),
  ])
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: keys(partitionKey, sortKey),
    AttributeDefinitions: [...types].map(([AttributeName, AttributeType]) => ({
      AttributeName,
      AttributeType,
    })),
    GlobalSecondaryIndexes: indexes.map((index) => ({
      IndexName: index.name,
      KeySchema: keys(index.partitionKey, index.sortKey),
      Projection:
        index.attributes.length === 0
          ? { ProjectionType: 'KEYS_ONLY' }
          : { ProjectionType: 'INCLUDE', NonKeyAttributes: index.attributes },
    })),
  }
}
