// An AWS that accepts a call and never answers, stops after the head, or answers byte by byte: every call of every client
// ends within its deadline, as a fault that passes.

import type { AddressInfo } from 'node:net'
import { createServer, type Socket } from 'node:net'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { KMSClient } from '@aws-sdk/client-kms'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { AWS_CALL_MILLISECONDS, AWS_TIMEOUTS } from '#adapters/aws-call.ts'
import { tenantKey } from '#adapters/dynamodb/schema.ts'
import { Table } from '#adapters/dynamodb/table.ts'
import { SqsRecoveryQueue } from '#adapters/sqs/recovery-queue.ts'
import { KmsDataKeys } from '#adapters/vault/data-keys.ts'
import { newId } from '../contracts/samples.ts'

const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: application/x-amz-json-1.0\r\ncontent-length: 4000\r\n\r\n'

const ENDS: Readonly<Record<string, (socket: Socket) => void>> = {
  'never answers': () => {},
  'stops after the head': (socket) => void socket.write(HEAD),
  'answers byte by byte': (socket) => {
    socket.write(`${HEAD}{`)
    const timer = setInterval(() => socket.write(' '), 300)
    socket.on('close', () => clearInterval(timer))
  },
}

describe.each(Object.entries(ENDS))('an AWS that %s', (_, answer) => {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    socket.once('data', () => answer(socket))
  })
  let endpoint = ''
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })

  test('keeps no call waiting beyond its deadline', async () => {
    const settings = {
      region: 'us-east-1',
      endpoint,
      credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
      requestHandler: AWS_TIMEOUTS,
    }
    vi.stubEnv('AWS_REGION', 'us-east-1')
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'x')
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'x')
    vi.stubEnv('AWS_ENDPOINT_URL_SQS', endpoint)
    const table = new Table(new DynamoDBClient(settings), 'table')
    const keys = new KmsDataKeys(new KMSClient(settings))
    const queue = new SqsRecoveryQueue(`${endpoint}/000000000000/recovery`)
    const key = tenantKey(newId('tenant'))
    const change = { set: { a: 1 } }
    const calls: Readonly<Record<string, () => Promise<unknown>>> = {
      get: () => table.get(key),
      getMany: () => table.getMany([key]),
      query: () => table.query({ partition: ['pk', key.pk] }),
      put: () => table.put({ ...key }),
      update: () => table.update(key, change),
      delete: () => table.delete(key),
      transact: () => table.transact([{ put: { ...key } }]),
      generate: () => keys.generate('arn:aws:kms:us-east-1:000000000000:key/x', {}),
      decrypt: () => keys.decrypt('arn:aws:kms:us-east-1:000000000000:key/x', new Uint8Array(9), {}),
      send: () => queue.send({} as never),
      redeliver: () => queue.redeliver('receipt', 1),
    }
    const started = performance.now()
    const ended = await Promise.all(
      Object.entries(calls).map(async ([name, call]) => {
        const error = await call().then(
          () => 'answered',
          (error) => error.code ?? error,
        )
        return [name, error, Math.round((performance.now() - started) / AWS_CALL_MILLISECONDS)]
      }),
    )
    expect(ended).toEqual(Object.keys(calls).map((name) => [name, 'storage_unavailable', 1]))
  })
})
