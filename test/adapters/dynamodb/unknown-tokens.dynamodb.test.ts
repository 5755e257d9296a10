// What it costs to refuse a token of an unknown issuer. An unknown caller may have invented everything in it.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { later } from '#domain/time.ts'
import { authentication } from '#http/credentials/authenticate.ts'
import { type Consumption, countCapacity } from '../../../bench/capacity.ts'
import { anIdentityProvider } from '../../contracts/samples.ts'
import { fakeToken } from '../../fakes/identity-providers.ts'
import { fakeServices } from '../../fakes.ts'
import { type Backend, openBackend } from '../backend.ts'

let backend: Backend
let consumed: Consumption
beforeAll(async () => {
  backend = await openBackend()
  consumed = countCapacity(backend.client)
})
afterAll(() => backend?.close())

const audiencesOf = (number: number) => Array.from({ length: 10 }, (_, i) => `https://${number}-${i}.example`)

test('a JWT that names ten invented audiences costs one call of five read units, and none again at once', async () => {
  const services = fakeServices(backend.stores)
  const { authenticate } = authentication(services)
  const { issuer } = anIdentityProvider(services.newId('tenant'))
  const send = (number: number) => {
    const claims = { iss: issuer, aud: audiencesOf(number), sub: 'x', exp: later(services.now(), 60) }
    return authenticate(`Bearer ${fakeToken(claims)}`)
  }
  for (let calls = 1; calls <= 3; calls++) {
    for (let again = 0; again < 3; again++)
      await expect(send(calls)).rejects.toMatchObject({ code: 'invalid_credential' })
    expect(consumed).toMatchObject({ calls, readUnits: calls * 5 })
  }
})
