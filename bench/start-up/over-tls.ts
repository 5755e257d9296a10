// Puts TLS in front of a server that speaks plain HTTP on loopback, because AWS and ClickFunnels speak TLS. Handshakes are a
// part of what a first request costs, and over plain HTTP the SDK would load parts of Node that it never loads in Lambda.
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Certificate } from '../../test/support/certificates.ts'

export interface Behind {
  readonly url: string
  close(): Promise<void>
}

/** @param certificate of 127.0.0.1 */
export async function overTls(url: string, certificate: Certificate): Promise<Behind> {
  const agent = new Agent({ keepAlive: true })
  const { host } = new URL(url)
  const server = createServer({ ...certificate, noDelay: true }, (outer, response) => {
    const { method, headers } = outer
    // The servers of the local stack refuse the port of another server as their Host.
    const inner = request(
      `${url}${outer.url}`,
      { method, headers: { ...headers, host }, agent },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.rawHeaders)
        answer.pipe(response)
      },
    )
    inner.once('error', () => response.destroy())
    outer.pipe(inner)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.close()
      server.closeAllConnections()
      agent.destroy()
    },
  }
}
