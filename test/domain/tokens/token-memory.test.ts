// A warm process asks neither store nor vault for a few seconds. What it remembers may be out of date, without harm.
import { describe, expect, test } from 'vitest'
import type { Connection } from '#domain/connections/connection.ts'
import type { TenantId } from '#domain/ids.ts'
import { proxyCall } from '#domain/proxy/proxy.ts'
import { replaceRejected } from '#domain/tokens/await-refresh.ts'
import { disconnect } from '#domain/tokens/disconnect.ts'
import { usableToken } from '#domain/tokens/fresh-token.ts'
import { refreshConnection } from '#domain/tokens/refresh.ts'
import { MARKED_VALID_SECONDS, REMEMBERED_SECONDS, TokenMemory } from '#domain/tokens/token-memory.ts'
import { answer } from '../../fakes/clickfunnels.ts'
import { connectedScene } from '../../fakes/scene.ts'
import type { FakeServices } from '../../fakes.ts'

const refOf = ({ tenantId, id }: Connection) => ({ tenantId, connectionId: id })

/** Counts the calls of the store and the vault. */
function counted(services: FakeServices) {
  const asked = { store: 0, vault: 0 }
  const get = services.connections.get.bind(services.connections)
  const open = services.vault.open.bind(services.vault)
  services.connections.get = (ref) => {
    asked.store += 1
    return get(ref)
  }
  services.vault.open = (binding, sealed) => {
    asked.vault += 1
    return open(binding, sealed)
  }
  return asked
}

describe('a token used a moment ago', () => {
  test('costs no read and no key for some seconds, then one of each', async () => {
    const { services, connection } = await connectedScene()
    const asked = counted(services)
    await usableToken(services, refOf(connection))
    for (let second = 1; second < REMEMBERED_SECONDS; second++) {
      services.clock.advance(1)
      await usableToken(services, refOf(connection))
    }
    expect(asked).toEqual({ store: 1, vault: 1 })
    services.clock.advance(1)
    await usableToken(services, refOf(connection))
    expect(asked).toEqual({ store: 2, vault: 2 })
  })

  test('that is not remembered is read once for all calls at the same moment', async () => {
    const { services, connection } = await connectedScene()
    const asked = counted(services)
    const use = () => usableToken(services, refOf(connection))
    await Promise.all([use(), use(), use()])
    expect(asked.store).toBe(1)
    services.clock.advance(REMEMBERED_SECONDS)
    await Promise.all([use(), use()])
    expect(asked.store).toBe(2)
  })

  test('that was forgotten is not taken from a read that had begun before', async () => {
    const { services, connection } = await connectedScene()
    const asked = counted(services)
    const before = usableToken(services, refOf(connection))
    services.tokenMemory.forget(refOf(connection))
    await Promise.all([before, usableToken(services, refOf(connection))])
    expect(asked.store).toBe(2)
  })

  test('whose read failed is read again by the next caller', async () => {
    const { services, connection } = await connectedScene()
    const { get } = services.connections
    services.connections.get = () => Promise.reject(new Error('the store is away'))
    const use = () => usableToken(services, refOf(connection))
    const failed = await Promise.allSettled([use(), use()])
    expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    services.connections.get = get.bind(services.connections)
    expect((await use()).connection.id).toBe(connection.id)
  })

  test('is not used past its expiry, nor when the caller needs a token that lasts longer', async () => {
    const { services, connection } = await connectedScene()
    services.clock.advance(7200 - 8)
    expect((await usableToken(services, refOf(connection))).connection.generation).toBe(1)
    services.clock.advance(3)
    expect((await usableToken(services, refOf(connection))).connection.generation).toBe(2)
    const { connection: longer } = await usableToken(services, refOf(connection), 6000)
    expect(longer.generation).toBe(2)
  })

  test('of a generation that another process replaced still works; if it does not, the stored token is used', async () => {
    const { services, connection } = await connectedScene()
    const { connection: used } = await usableToken(services, refOf(connection))
    const elsewhere = { ...services, tokenMemory: new TokenMemory() }
    await refreshConnection(elsewhere, used)
    expect((await usableToken(services, refOf(connection))).connection.generation).toBe(1)
    const replaced = await replaceRejected(services, used)
    expect(replaced?.connection.generation).toBe(2)
    expect((await usableToken(services, refOf(connection))).connection.generation).toBe(2)
    expect(services.clickfunnels.counts.refresh).toBe(1)
  })

  test('of a connection that is gone leads to "not found" by the 401 of its revoked token', async () => {
    const { services, scene, connection } = await connectedScene()
    const { connection: used, accessToken } = await usableToken(services, refOf(connection))
    await disconnect(services, scene.caller, connection.id)
    expect(await services.resourceServer.probe(accessToken)).toEqual({ outcome: 'rejected' })
    await expect(replaceRejected(services, used)).rejects.toMatchObject({ code: 'not_found' })
    await expect(usableToken(services, refOf(connection))).rejects.toMatchObject({ code: 'not_found' })
  })

  test("is not found by another tenant's credential", async () => {
    const { services, connection } = await connectedScene()
    await usableToken(services, refOf(connection))
    const foreign = { tenantId: 'ten_00000000000000000000000000' as TenantId, connectionId: connection.id }
    await expect(usableToken(services, foreign)).rejects.toMatchObject({ code: 'not_found' })
  })
})

test('the memory holds a bounded number of tokens, the latest', async () => {
  const { services, connection } = await connectedScene()
  const { accessToken } = await usableToken(services, refOf(connection))
  for (let number = 0; number < 1500; number++) {
    const other = { ...connection, id: `conn_${number}` as Connection['id'] }
    services.tokenMemory.remember({ connection: other, accessToken }, services.now())
  }
  const recalled = (number: number) => {
    const connectionId = `conn_${number}` as Connection['id']
    return services.tokenMemory.recall({ tenantId: connection.tenantId, connectionId }, services.now())
  }
  expect(services.tokenMemory.recall(refOf(connection), services.now())).toBeUndefined()
  expect(recalled(499)).toBeUndefined()
  expect(recalled(500)).toBeDefined()
  expect(recalled(1499)).toBeDefined()
})

describe('a 401 that is not about the token', () => {
  const unauthorized = answer(401, {})
  const request = {
    method: 'POST',
    segments: ['payments'],
    rawQuery: '',
    headers: [],
    requestId: 'r',
  } as const

  test.each(['rotating', 'non_expiring'] as const)(
    'leads to one check of the token (%s), and to the next one only after some seconds',
    async (mode) => {
      const { services, scene, connection } = await connectedScene(mode)
      services.clickfunnels.always('call', unauthorized)
      const call = () => proxyCall(services, scene.caller, { ...request, connectionId: connection.id })
      const looks = () => services.clickfunnels.counts.refresh + services.clickfunnels.counts.probe
      for (let i = 0; i < 5; i++) expect((await call()).status).toBe(401)
      expect(looks()).toBe(1)
      services.clock.advance(MARKED_VALID_SECONDS)
      await call()
      expect(looks()).toBe(2)
    },
  )

  test('marks no token valid that was only found in the store, so the next 401 leads to a refresh', async () => {
    const { services, scene, connection } = await connectedScene()
    const { connection: used } = await usableToken(services, refOf(connection))
    services.clock.advance(1)
    await refreshConnection(services, used)
    services.clock.advance(1)
    services.clickfunnels.script('call', unauthorized, unauthorized, unauthorized)
    const call = () => proxyCall(services, scene.caller, { ...request, connectionId: connection.id })
    expect((await call()).status).toBe(401)
    expect((await call()).status).toBe(200)
    expect(services.clickfunnels.counts.refresh).toBe(2)
  })
})
