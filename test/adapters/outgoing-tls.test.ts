// Calls over TLS: whom the clients take for the other side, and that nothing is said to anybody else.
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Certificate, newAuthority } from '../support/certificates.ts'
import type { TlsOutcome } from '../support/tls-caller.ts'

const trusted = newAuthority()
const stranger = newAuthority()
const YESTERDAY = new Date(Date.now() - 24 * 60 * 60 * 1000)
/** Each is called by the name "localhost", unless it is an address. */
const SERVERS = {
  named: trusted.issue('localhost'),
  addressed: trusted.issue('127.0.0.1'),
  foreign: stranger.issue('localhost'),
  mistaken: trusted.issue('elsewhere.example'),
  expired: trusted.issue('localhost', YESTERDAY),
}
type Name = keyof typeof SERVERS

const servers: Server[] = []
const folder = mkdtempSync(join(tmpdir(), 'tls-'))
let outcomes: readonly TlsOutcome[]
/** What each server saw. */
const seen: Partial<Record<Name, { handshakes: number; requests: number }>> = {}

beforeAll(async () => {
  const authority = join(folder, 'authority.pem')
  writeFileSync(authority, trusted.cert)
  const urls: string[] = []
  for (const [name, certificate] of Object.entries(SERVERS)) urls.push(await serve(name as Name, certificate))
  const { stdout } = await promisify(execFile)(process.execPath, ['test/support/tls-caller.ts', ...urls], {
    env: { NODE_EXTRA_CA_CERTS: authority },
  })
  outcomes = JSON.parse(stdout)
})
afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections()
    server.close()
  }
  rmSync(folder, { recursive: true })
})

async function serve(name: Name, certificate: Certificate): Promise<string> {
  const counts = { handshakes: 0, requests: 0 }
  seen[name] = counts
  const server = createServer(certificate, (_, response) => {
    counts.requests++
    response.end('{"keys":[]}')
  })
  server.on('secureConnection', () => counts.handshakes++)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return `https://${name === 'addressed' ? '127.0.0.1' : 'localhost'}:${port}/`
}
const outcomeOf = (name: Name) => outcomes[Object.keys(SERVERS).indexOf(name)]

describe('a server that proves who it is', () => {
  test.each(['named', 'addressed'] as const)('(%s) is called, again on the same connection', (name) => {
    expect(outcomeOf(name)).toEqual({ calls: ['200 {"keys":[]}', '200 {"keys":[]}'], keys: { keys: [] } })
    // Keys are fetched on a connection of their own.
    expect(seen[name]).toEqual({ handshakes: 2, requests: 3 })
  })
})

describe('a server that does not', () => {
  test.each([
    ['foreign', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
    ['mistaken', 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['expired', 'CERT_HAS_EXPIRED'],
  ] as const)('(%s) is told nothing: %s', (name, code) => {
    const refused = `OutgoingError untrusted: ${code}`
    expect(outcomeOf(name)).toEqual({ calls: [refused, refused], keys: code })
    expect(seen[name]?.requests).toBe(0)
  })
})
