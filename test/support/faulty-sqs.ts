// An SQS that fails when told to: a proxy in front of the embedded one, which answers chosen calls with a 500.
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { IDLE_MILLISECONDS } from '../../infra/local/loopback-server.ts'
import { startSqs } from '../../infra/local/sqs/queues.ts'

export interface FaultySqs {
  readonly url: string
  /** Which operations fail; `undefined` for none. */
  failing: ((operation: string) => boolean) | undefined
  close(): Promise<void>
}

export async function startFaultySqs(): Promise<FaultySqs> {
  const sqs = await startSqs({})
  const server = createServer({ keepAliveTimeout: IDLE_MILLISECONDS }, async (incoming, response) => {
    const body = await buffer(incoming)
    const operation = String(incoming.headers['x-amz-target']).split('.').at(-1) ?? ''
    if (faulty.failing?.(operation) === true) {
      response.writeHead(500, { 'content-type': 'application/x-amz-json-1.0' })
      return response.end('{"__type":"com.amazonaws.sqs#InternalError","message":"told to fail"}')
    }
    const { host, hostname, port } = new URL(sqs.url)
    const { method, url: path } = incoming
    // The embedded one answers its own address only.
    const headers = { ...incoming.headers, host }
    const outgoing = request({ hostname, port, path, method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    outgoing.once('error', () => response.destroy())
    outgoing.end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const faulty: FaultySqs = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    failing: undefined,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await sqs.close()
    },
  }
  return faulty
}
