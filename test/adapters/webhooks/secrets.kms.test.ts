// The secrets of webhook endpoints on KMS.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { KmsDataKeys } from '#adapters/vault/data-keys.ts'
import { KmsEndpointSecrets } from '#adapters/webhooks/secrets.ts'
import { newId } from '../../contracts/samples.ts'
import { type Keys, openKeys } from '../backend.ts'

let keys: Keys
beforeAll(async () => {
  keys = await openKeys()
})
afterAll(() => keys.close())
const secrets = () => new KmsEndpointSecrets(new KmsDataKeys(keys.client), keys.arn)
const aBinding = () => ({ tenantId: newId('tenant'), endpointId: newId('endpoint'), serial: 1 })

test('a secret is opened for its own place and for no other', async () => {
  const binding = aBinding()
  const { secret, wrapped } = await secrets().make(binding)
  expect((await secrets().open(binding, wrapped)).reveal()).toBe(secret.reveal())
  for (const other of [
    { ...binding, serial: 2 },
    { ...binding, endpointId: newId('endpoint') },
    { ...binding, tenantId: newId('tenant') },
  ])
    await expect(secrets().open(other, wrapped)).rejects.toMatchObject({ code: 'secret_unreadable' })
})

test('a process asks KMS once for a secret', async () => {
  const binding = aBinding()
  const process = secrets()
  const { wrapped } = await process.make(binding)
  const before = keys.calls().Decrypt ?? 0
  for (let i = 0; i < 5; i++) await process.open(binding, wrapped)
  expect(keys.calls().Decrypt).toBe(before + 1)
})
