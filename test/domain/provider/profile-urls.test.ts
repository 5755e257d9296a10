// Where a tenant's identity provider may be: out in the world, or on this very machine where the service runs there itself.
import { expect, test } from 'vitest'
import { registerIdentityProvider } from '#domain/callers/manage-identity-providers.ts'
import { createTenant } from '#domain/tenants/manage-tenants.ts'
import { anIdentityProvider } from '../../contracts/samples.ts'
import { fakeServices, PUBLIC_URL } from '../../fakes.ts'

async function isTaken(publicUrl: string, url: string): Promise<boolean> {
  const services = fakeServices({ publicUrl })
  const { id } = await createTenant(services, { name: 'Saas', returnUrls: [], origins: [] })
  const input = { ...anIdentityProvider(id), issuer: url, jwksUri: url }
  return registerIdentityProvider(services, id, input).then(
    () => true,
    ({ code }) => code !== 'validation_failed',
  )
}

test.each(['https://id.example.com', 'https://id.example.com:8443/keys?v=1', 'https://id.example.com.'])(
  '%s is a provider, deployed and on loopback',
  async (url) => {
    expect(await isTaken(PUBLIC_URL, url)).toBe(true)
    expect(await isTaken('http://127.0.0.1:4600', url)).toBe(true)
  },
)

test.each(['http://127.0.0.1:9/keys', 'https://localhost', 'http://[::1]:9'])(
  '%s is one on loopback alone',
  async (url) => {
    expect(await isTaken(PUBLIC_URL, url)).toBe(false)
    expect(await isTaken('http://127.0.0.1:4600', url)).toBe(true)
  },
)

test.each([
  'http://id.example.com',
  'https://u:p@id.example.com',
  'https://id.example.com/#',
  'https://intranet',
  'https://10.0.0.1',
  'https://[2001:db8::1]',
  'https://metadata.google.internal',
  'https://printer.local',
  'https://a.localhost',
  'ftp://127.0.0.1',
  'x',
])('%s is none anywhere', async (url) => {
  expect(await isTaken(PUBLIC_URL, url)).toBe(false)
  expect(await isTaken('http://127.0.0.1:4600', url)).toBe(false)
})
