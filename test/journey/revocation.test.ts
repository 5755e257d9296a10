// Disconnecting at a provider like Doorkeeper before 5.8.1, which answers 200 to the revocation of an expired pair and does
// nothing: no token may work afterwards.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestStack, type TestStack } from '../support/stack.ts'
import { makeAllDue } from '../support/table.ts'

/** Shorter than the margin within which the service takes an access token for expired. */
const LIFETIME_SECONDS = 30

let stack: TestStack
beforeAll(async () => {
  stack = await startTestStack()
})
afterAll(() => stack?.close())

const states = async (clientId: string): Promise<string[]> => {
  const { tokens } = (await stack.control('GET', 'tokens')).json
  return tokens
    .filter(({ client_id }: { client_id: string }) => client_id === clientId)
    .map(({ state }: { state: string }) => state)
}

test.each(['rotating', 'strict'] as const)(
  'an expired pair is dead within a minute of the disconnection (%s)',
  async (tokens) => {
    const tenant = await stack.createTenant({ tokens, lifetime: LIFETIME_SECONDS })
    const { id } = (await stack.connect(tenant)).json
    await stack.control('PATCH', `applications/${tenant.clientId}`, { revokes_expired: false })
    await stack.control('POST', 'tokens/expire', { client_id: tenant.clientId })
    const gone = await stack.api(`/v1/connections/${id}`, { method: 'DELETE', key: tenant.apiKey })
    expect(gone.status).toBe(204)
    expect(await states(tenant.clientId)).toEqual(['expired'])
    await makeAllDue(stack)
    await stack.runSchedules()
    expect(await states(tenant.clientId)).toEqual(['revoked', 'revoked'])
    const { data } = (await stack.api(`/v1/tenants/${tenant.id}/audit-events?limit=100`)).json
    const about = data.filter(({ action }: { action: string }) => action === 'connection.revoke_tokens')
    expect(about).toEqual([expect.objectContaining({ resource: { type: 'connection', id }, result: 'ok' })])
  },
)
