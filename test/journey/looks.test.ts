// The operator looks at a refused connection, on the deployed template: the function may refresh, store and probe.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestStack, type TestStack } from '../support/stack.ts'

let stack: TestStack
beforeAll(async () => {
  stack = await startTestStack()
})
afterAll(() => stack?.close())

test.each(['rotating', 'non_expiring'] as const)(
  'a connection that was refused by mistake works again after one look (%s)',
  async (tokens) => {
    const tenant = await stack.createTenant({ tokens })
    const { id } = (await stack.connect(tenant)).json
    const funnels = () => stack.api(`/v1/connections/${id}/funnels`, { key: tenant.apiKey })
    const look = (tenantId = tenant.id) =>
      stack.api(`/v1/tenants/${tenantId}/connections/${id}/look`, { method: 'POST' })
    await stack.control('POST', 'faults', { path: '/', seconds: 60, fault: { kind: 'refused' } })
    expect(await funnels()).toMatchObject({ status: 409, json: { code: 'reauthorization_required' } })
    expect(await look()).toMatchObject({
      status: 200,
      json: { found: 'refused', connection: { id, refused_at: expect.any(String) } },
    })
    await stack.control('DELETE', 'faults')
    const looked = await look()
    expect(looked).toMatchObject({ status: 200, json: { found: 'works', connection: { status: 'active' } } })
    expect(looked.json.connection).not.toHaveProperty('refused_at')
    expect(await funnels()).toMatchObject({ status: 200 })
    const stranger = await stack.createTenant()
    expect(await look(stranger.id)).toMatchObject({ status: 404 })
  },
)
