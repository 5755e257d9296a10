// A DynamoDB that fails when told to: a proxy in front of the embedded one, which answers chosen calls with a 500.
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { startDynoxide } from '../../infra/local/dynamodb/dynoxide.ts'
import { IDLE_MILLISECONDS } from '../../infra/local/loopback-server.ts'

export interface FaultyDynamoDb {
  readonly url: string
  /** Which calls fail, by operation and body; `undefined` for none. A call waits for the decision. */
  failing: ((operation: string, body: string) => boolean | Promise<boolean>) | undefined
  /** How many calls have failed. */
  readonly failures: () => number
  close(): Promise<void>
}

export async function startFaultyDynamoDb(): Promise<FaultyDynamoDb> {
  const dynoxide = await startDynoxide()
  let failures = 0
  const server = createServer({ keepAliveTimeout: IDLE_MILLISECONDS }, async (incoming, response) => {
    const body = await buffer(incoming)
    const operation = String(incoming.headers['x-amz-target']).split('.').at(-1) ?? ''
    // Lambda reads the table's stream, not the service.
    const isStream = String(incoming.headers['x-amz-target']).startsWith('DynamoDBStreams')
    if (!isStream && (await faulty.failing?.(operation, String(body))) === true) {
      failures += 1
      response.writeHead(500, { 'content-type': 'application/x-amz-json-1.0' })
      return response.end(
        '{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError","message":"told to fail"}',
      )
    }
    const { hostname, port } = new URL(dynoxide.url)
    const { method, headers } = incoming
    const outgoing = request({ hostname, port, path: incoming.url, method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    outgoing.once('error', () => response.destroy())
    outgoing.end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const faulty: FaultyDynamoDb = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    failing: undefined,
    failures: () => failures,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await dynoxide.close()
    },
  }
  return faulty
}
