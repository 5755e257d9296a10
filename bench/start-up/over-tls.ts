// What speaks plain HTTP on loopback, behind TLS, as AWS and ClickFunnels are: the handshakes are part of what a first
// request costs, and over plain HTTP the SDK would load parts of Node that it never loads in Lambda.
import { once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { createServer } from 'node:tls'
import type { Certificate } from '../../test/support/certificates.ts'

export interface Behind {
  readonly url: string
  close(): Promise<void>
}

/** @param certificate of 127.0.0.1 */
export async function overTls(url: string, certificate: Certificate): Promise<Behind> {
  const { hostname, port } = new URL(url)
  const open = new Set<Socket>()
  const server = createServer({ ...certificate, noDelay: true }, (outer) => {
    const inner = connect({ host: hostname, port: Number(port), noDelay: true })
    for (const [one, other] of [
      [outer, inner],
      [inner, outer],
    ] as const) {
      open.add(one)
      one.once('close', () => open.delete(one)).on('error', () => other.destroy())
      one.pipe(other)
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      for (const socket of open) socket.destroy()
      server.close()
    },
  }
}
