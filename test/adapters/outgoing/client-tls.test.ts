// Calls over TLS: whom the clients take for the other side, and that nothing is said to anybody else.
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { jwksFetcher } from '#adapters/jwt/jwks-fetch.ts'
import { sendRequest } from '#adapters/outgoing/client.ts'
import { type Certificate, newAuthority } from '../../support/certificates.ts'

const trusted = newAuthority()
const stranger = newAuthority()
const servers: Server[] = []
/** The requests that servers have seen. */
let seen: string[] = []
let before: readonly string[]

beforeAll(() => {
  before = getCACertificates('default')
  setDefaultCACertificates([...before, trusted.cert])
})
afterAll(() => setDefaultCACertificates(before))
afterEach(async () => {
  seen = []
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})

async function serve(certificate: Certificate): Promise<{ readonly port: number; readonly server: Server }> {
  const server = createServer(certificate, (request, response) => {
    seen.push(`${request.method} ${request.url}`)
    response.end('{"keys":[]}')
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { port: (server.address() as AddressInfo).port, server }
}
const send = (host: string, port: number, connection = 'conn_1') =>
  sendRequest({
    method: 'POST',
    url: `https://${host}:${port}/`,
    headers: [],
    deadlineMilliseconds: 5_000,
    connection,
  })

describe('a server that proves who it is', () => {
  test.each(['localhost', '127.0.0.1'])('as %s is called, again on the same connection', async (host) => {
    const { port, server } = await serve(trusted.issue(host))
    let handshakes = 0
    server.on('secureConnection', () => handshakes++)
    for (let i = 0; i < 2; i++) {
      const { status, body } = await send(host, port)
      expect([status, Buffer.from(body).toString()]).toEqual([200, '{"keys":[]}'])
    }
    expect(seen).toEqual(['POST /', 'POST /'])
    expect(handshakes).toBe(1)
  })

  test('resumes the TLS session on the socket of another connection', async () => {
    const { port, server } = await serve(trusted.issue('localhost'))
    const resumed: boolean[] = []
    server.on('secureConnection', (socket) => resumed.push(socket.isSessionReused()))
    for (const connection of ['conn_1', 'conn_2']) {
      await send('localhost', port, connection)
      // The session ticket of TLS 1.3 comes after the handshake.
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    expect(resumed).toEqual([false, true])
  })

  test('gives its keys to the verifier of JWTs', async () => {
    const { port } = await serve(trusted.issue('localhost'))
    expect(await jwksFetcher(true)(`https://localhost:${port}/jwks`)).toEqual({ keys: [] })
  })
})

describe('a server that does not', () => {
  const yesterday = new Date(Date.now() - 24 * 60 * 60 * 1000)

  test.each<[string, string, () => Certificate]>([
    [
      'by an authority that nobody trusts',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      () => stranger.issue('localhost'),
    ],
    ['but somebody else', 'ERR_TLS_CERT_ALTNAME_INVALID', () => trusted.issue('elsewhere.example')],
    ['any more', 'CERT_HAS_EXPIRED', () => trusted.issue('localhost', yesterday)],
  ])('(%s) is told nothing: %s', async (_, code, certificate) => {
    const { port } = await serve(certificate())
    await expect(send('localhost', port)).rejects.toMatchObject({
      name: 'OutgoingError',
      fault: 'untrusted',
      message: code,
    })
    await expect(jwksFetcher(true)(`https://localhost:${port}/jwks`)).rejects.toMatchObject({ code })
    expect(seen).toEqual([])
  })
})
