// The operator's side of the keys, through the API: looking, rotating, a tenant's own KMS key, deleting for good.
import { CreateKeyCommand, DisableKeyCommand, KMSClient } from '@aws-sdk/client-kms'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestStack, type TestStack, type TestTenant } from '../support/stack.ts'

let stack: TestStack
let kms: KMSClient
beforeAll(async () => {
  stack = await startTestStack()
  kms = new KMSClient({
    endpoint: stack.endpoints.kms,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  })
})
afterAll(async () => {
  kms?.destroy()
  await stack?.close()
})

const keysOf = ({ id }: Pick<TestTenant, 'id'>) => `/v1/tenants/${id}/keys`
const RFC3339 = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
const version = (number: number, root = 1) => ({
  version: number,
  created_at: RFC3339,
  wrapped_by: { root_key_version: root },
})

test('a tenant works on while its key and the root keys are rotated, and the schedule wraps anew', async () => {
  const tenant = await stack.createTenant()
  const { id } = (await stack.connect(tenant)).json
  const funnels = () => stack.api(`/v1/connections/${id}/funnels`, { key: tenant.apiKey })
  expect(await stack.api(keysOf(tenant))).toMatchObject({ status: 200, json: { data: [version(1)] } })
  const rotated = await stack.api(`${keysOf(tenant)}/rotate`, { method: 'POST' })
  expect(rotated).toMatchObject({ status: 200, json: { data: [version(1), version(2)] } })
  expect(await funnels()).toMatchObject({ status: 200 })
  const root = await stack.api('/v1/root-keys/rotate', { method: 'POST' })
  expect(root).toMatchObject({ status: 200, json: { version: 2 } })
  expect(await stack.invoke('rotate-keys', {})).toMatchObject({ rewrapped: 2, failed: 0, unfinished: 0 })
  expect((await stack.api(keysOf(tenant))).json).toEqual({ data: [version(1, 2), version(2, 2)] })
  expect(await funnels()).toMatchObject({ status: 200 })
  expect(stack.kmsCalls()).toMatchObject({ GenerateDataKey: expect.any(Number), Decrypt: expect.any(Number) })
})

test("a tenant's own KMS key wraps its keys from then on; one that cannot be used changes nothing", async () => {
  const tenant = await stack.createTenant()
  await stack.connect(tenant)
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({}))
  const arn = KeyMetadata?.Arn ?? ''
  const patch = (body: object) => stack.api(`/v1/tenants/${tenant.id}`, { method: 'PATCH', body })
  const own = { version: 2, created_at: RFC3339, wrapped_by: { kms_key_arn: arn } }
  expect(await patch({ kms_key_arn: arn })).toMatchObject({ status: 200, json: { kms_key_arn: arn } })
  expect((await stack.api(keysOf(tenant))).json.data[1]).toEqual(own)
  expect(await patch({ kms_key_arn: arn })).toMatchObject({ status: 200 })
  expect((await stack.api(keysOf(tenant))).json.data).toHaveLength(2)

  const other = (await kms.send(new CreateKeyCommand({}))).KeyMetadata
  await kms.send(new DisableKeyCommand({ KeyId: other?.KeyId }))
  expect(await patch({ kms_key_arn: other?.Arn })).toMatchObject({
    status: 409,
    json: { code: 'kms_key_unavailable' },
  })
  expect((await stack.api(`/v1/tenants/${tenant.id}`)).json.kms_key_arn).toBe(arn)
  expect(await patch({ kms_key_arn: 'alias/mine' })).toMatchObject({ status: 422 })
  const back = await patch({ kms_key_arn: null })
  expect(back.json).not.toHaveProperty('kms_key_arn')
  expect((await stack.api(keysOf(tenant))).json.data).toHaveLength(3)
  const refused = { name: 'X', return_urls: [], kms_key_arn: other?.Arn }
  expect(await stack.api('/v1/tenants', { method: 'POST', body: refused })).toMatchObject({ status: 409 })
})

test('keys are deleted of a suspended tenant only, and the answer of every later call says that they are gone', async () => {
  const tenant = await stack.createTenant()
  const bystander = await stack.createTenant()
  const connected = (await stack.connect(tenant)).json
  const untouched = (await stack.connect(bystander)).json
  const shred = () => stack.api(keysOf(tenant), { method: 'DELETE' })
  const setStatus = (status: string) =>
    stack.api(`/v1/tenants/${tenant.id}`, { method: 'PATCH', body: { status } })
  expect(await shred()).toMatchObject({ status: 409, json: { code: 'tenant_not_suspended' } })
  await setStatus('suspended')
  expect(await shred()).toMatchObject({ status: 204 })
  expect(await shred()).toMatchObject({ status: 204 })
  expect((await stack.api(keysOf(tenant))).json).toEqual({ data: [], shredded_at: RFC3339 })
  const gone = { status: 410, json: { code: 'tenant_shredded' } }
  expect(await stack.api(`${keysOf(tenant)}/rotate`, { method: 'POST' })).toMatchObject(gone)
  // The function that made the tenant's app still has its key in memory.
  const app = { name: 'X', client_id: 'x', client_secret: 'y' }
  expect(await stack.api(`/v1/tenants/${tenant.id}/apps`, { method: 'POST', body: app })).toMatchObject(gone)
  expect((await stack.api(`/v1/tenants/${tenant.id}/apps`)).json.data).toHaveLength(1)
  await setStatus('active')
  // A function that was never asked for this tenant has nothing of it in memory.
  const asked = await stack.api(`/v1/connections/${connected.id}/funnels`, { key: tenant.apiKey })
  expect(asked).toMatchObject(gone)
  const other = await stack.api(`/v1/connections/${untouched.id}/funnels`, { key: bystander.apiKey })
  expect(other).toMatchObject({ status: 200 })
  expect(await stack.api(keysOf({ id: 'ten_00000000000000000000000000' }))).toMatchObject({ status: 404 })
})
