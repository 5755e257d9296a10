// Creating, changing and rotating: what a tenant can do with its webhook endpoints.
import { beforeEach, expect, test } from 'vitest'
import { DAY_SECONDS, later } from '#domain/time.ts'
import { refOfEndpoint } from '#domain/webhooks/endpoint.ts'
import { createEndpoint, rotateSecret, updateEndpoint } from '#domain/webhooks/manage-endpoints.ts'
import { signingSecrets } from '#domain/webhooks/secret.ts'
import { aTenant } from '../../contracts/samples.ts'
import { type FakeServices, fakeServices } from '../../fakes.ts'

const URL = 'https://saas.example.com/hooks'
const tenant = aTenant()
let services: FakeServices
beforeEach(async () => {
  services = fakeServices()
  await services.tenants.create(tenant)
})
const create = () => createEndpoint(services, tenant.id, { url: URL })

test('an eleventh endpoint is refused', async () => {
  for (let i = 0; i < 10; i++) await create()
  await expect(create()).rejects.toMatchObject({ code: 'validation_failed' })
})

test('a URL that may not be called is refused at creation and at a change', async () => {
  const url = 'https://10.0.0.1/'
  await expect(createEndpoint(services, tenant.id, { url })).rejects.toMatchObject({
    code: 'validation_failed',
    extensions: { errors: [{ pointer: '#/url' }] },
  })
  const { endpoint } = await create()
  await expect(async () => updateEndpoint(services, refOfEndpoint(endpoint), { url })).rejects.toMatchObject({
    code: 'validation_failed',
  })
})

test('the former secret signs for a day beside the new one', async () => {
  const made = await create()
  const ref = refOfEndpoint(made.endpoint)
  const rotated = await rotateSecret(services, ref)
  expect(rotated.secret.reveal()).not.toBe(made.secret.reveal())
  const serialsAt = (seconds: number) =>
    signingSecrets(rotated.endpoint.secrets, later(services.now(), seconds)).map(({ serial }) => serial)
  expect(serialsAt(0)).toEqual([2, 1])
  expect(serialsAt(DAY_SECONDS - 1)).toEqual([2, 1])
  expect(serialsAt(DAY_SECONDS)).toEqual([2])
  services.clock.advance(DAY_SECONDS)
  const again = await rotateSecret(services, ref)
  expect(again.endpoint.secrets.map(({ serial }) => serial)).toEqual([3, 2])
})

test('at most ten secrets sign, however often they are replaced', async () => {
  const { endpoint } = await create()
  for (let i = 0; i < 14; i++) await rotateSecret(services, refOfEndpoint(endpoint))
  const [stored] = await services.endpoints.list(tenant.id)
  expect(stored?.secrets.map(({ serial }) => serial)).toEqual([15, 14, 13, 12, 11, 10, 9, 8, 7, 6])
})

test('a change sets, removes and leaves alone', async () => {
  const { endpoint } = await createEndpoint(services, tenant.id, {
    url: URL,
    types: ['connection.broken'],
    description: 'first',
  })
  const ref = refOfEndpoint(endpoint)
  expect(await updateEndpoint(services, ref, { enabled: false })).toMatchObject({
    types: ['connection.broken'],
    description: 'first',
    disabled: { reason: 'requested' },
  })
  const changed = await updateEndpoint(services, ref, { types: null, description: null, enabled: true })
  expect(changed).toMatchObject({ url: URL })
  expect(changed).not.toHaveProperty('types')
  expect(changed).not.toHaveProperty('description')
  expect(changed).not.toHaveProperty('disabled')
})

test('two changes at the same time are both made', async () => {
  const { endpoint } = await create()
  const ref = refOfEndpoint(endpoint)
  await Promise.all([
    updateEndpoint(services, ref, { description: 'both' }),
    updateEndpoint(services, ref, { types: ['app.healthy'] }),
  ])
  expect(await services.endpoints.get(ref)).toMatchObject({ description: 'both', types: ['app.healthy'] })
})
