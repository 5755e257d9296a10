// The export of connections: who may start it, what comes out, and that no refresh token goes out that is not the newest.
import { generateKeyPairSync } from 'node:crypto'
import { compactDecrypt, importJWK } from 'jose'
import { expect, test } from 'vitest'
import { completeSession } from '#domain/connect/complete-session.ts'
import { type Connection, QUEUED, refOf } from '#domain/connections/connection.ts'
import { exportConnections, SETTLING_SECONDS } from '#domain/exports/export-connections.ts'
import type { ExportOrder } from '#domain/exports/export-page.ts'
import { HELD_SECONDS } from '#domain/exports/hold-still.ts'
import { putExportKey, removeExportKey } from '#domain/exports/manage-export-key.ts'
import type { TenantId } from '#domain/ids.ts'
import type { Tenant } from '#domain/tenants/tenant.ts'
import { later } from '#domain/time.ts'
import { LEASE_SECONDS, RECOVERY_SECONDS } from '#domain/tokens/lease.ts'
import { refreshConnection } from '#domain/tokens/refresh.ts'
import type { Services } from '#runtime/all-services.ts'
import { BOB, connectedScene, dieIn, sceneOn } from '../../fakes/scene.ts'

const PAIR = generateKeyPairSync('x25519')
const OTHER = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const publicJwk = (pair: typeof PAIR) => ({ ...pair.publicKey.export({ format: 'jwk' }) })

async function leaving(overrides: Partial<Services> = {}, tokens: 'rotating' | 'non_expiring' = 'rotating') {
  const { scene, services, connection } = await connectedScene(tokens, overrides)
  const tools = { ...services, ...(await services.exportTools()) }
  const tenantId = scene.caller.tenant.id
  const put = (pair = PAIR) => putExportKey(tools, tenantId, publicJwk(pair))
  const set = (status: 'active' | 'suspended') =>
    services.tenants.update(tenantId, { status }, services.now())
  /** As the operator does: suspends, and waits until what was under way has ended. */
  const suspend = async () => {
    await set('suspended')
    services.clock.advance(SETTLING_SECONDS)
  }
  const run = (order: ExportOrder = { limit: 50 }, more: Partial<typeof tools> = {}) =>
    exportConnections({ ...tools, ...more }, tenantId, order, { kind: 'operator', id: 'arn' })
  await put()
  await suspend()
  return { scene, services, connection, tools, tenantId, put, set, suspend, run }
}

async function opened(jwe: string | undefined) {
  const key = await importJWK({ ...PAIR.privateKey.export({ format: 'jwk' }) }, 'ECDH-ES+A256KW')
  return JSON.parse(new TextDecoder().decode((await compactDecrypt(jwe ?? '', key)).plaintext))
}

test('a connection comes out sealed, with the names of an import', async () => {
  const { scene, connection, run, services, tenantId } = await leaving()
  const { thumbprint, items, next } = await run()
  expect(next).toBeUndefined()
  expect(items).toMatchObject([{ connectionId: connection.id, status: 'exported' }])
  const token = await scene.accessToken(connection)
  expect(await opened(items[0]?.jwe)).toMatchObject({
    connection_id: connection.id,
    app_id: connection.appId,
    client_id: 'client-1',
    end_user: { id: 'alice' },
    status: 'active',
    access_token: token,
    refresh_token: expect.any(String),
    expires_at: expect.stringMatching(/Z$/),
    workspace: { id: connection.workspace.id, name: connection.workspace.name },
  })
  const { items: trail } = await services.auditEvents.list(tenantId, {}, 10, services.now())
  const note = trail.find(({ action }) => action === 'connection.export')
  expect(note).toMatchObject({ resource: { id: connection.id }, actor: { kind: 'operator', id: 'arn' } })
  expect(note?.reason).toBe(`key ${thumbprint}`)
  const timeline = await services.timeline.newest(refOf(connection), 5, services.now())
  expect(timeline).toContainEqual(expect.objectContaining({ kind: 'audit', action: 'connection.export' }))
  expect(JSON.stringify([trail, timeline, services.log])).not.toContain(token)
})

test('a reconnect that was under way at the suspension is waited for: what comes out are the tokens that it left', async () => {
  const { scene, services, connection, set, run } = await leaving()
  await set('active')
  const journey = await scene.leave({ connectionId: connection.id })
  await scene.comeBack(journey)
  // The completion has read the tenant, and is still to store the tokens and to revoke the former ones.
  const active = await services.tenants.get(connection.tenantId)
  await set('suspended')
  const early = { code: 'export_too_early', retryAfterSeconds: SETTLING_SECONDS }
  await expect(run()).rejects.toMatchObject(early)
  const remembering = { ...services, tenants: { get: async () => active } as never }
  const { session } = journey
  await completeSession(remembering, scene.caller, {
    sessionId: session.id,
    endUserId: session.endUser.id,
    completionCode: scene.completionCode(journey),
  })
  services.clock.advance(SETTLING_SECONDS - 1)
  await expect(run()).rejects.toMatchObject({ ...early, retryAfterSeconds: 1 })
  services.clock.advance(1)
  const { items } = await run()
  const stored = await scene.stored(connection)
  expect(stored.generation).toBeGreaterThan(connection.generation)
  expect(await opened(items[0]?.jwe)).toMatchObject({ access_token: await scene.accessToken(stored) })
})

test('a page says since when the tenant is suspended, so that a tenant that was active in between shows', async () => {
  const { services, set, suspend, run } = await leaving()
  const { suspendedAt } = await run()
  expect(suspendedAt).toBe(services.now() - SETTLING_SECONDS)
  await set('suspended')
  expect((await run()).suspendedAt).toBe(suspendedAt)
  await set('active')
  await suspend()
  expect((await run()).suspendedAt).toBe(services.now() - SETTLING_SECONDS)
  expect((await run()).suspendedAt).not.toBe(suspendedAt)
})

test('a tenant that was suspended by an older version counts from its last change', async () => {
  const { services, tools, tenantId, run } = await leaving()
  const { suspendedAt: _, ...tenant } = (await services.tenants.get(tenantId)) as Tenant
  const tenants = { ...tools.tenants, get: async () => ({ ...tenant, updatedAt: services.now() }) } as never
  await expect(run({ limit: 1 }, { tenants })).rejects.toMatchObject({ code: 'export_too_early' })
  const older = { ...tools.tenants, get: async () => tenant } as never
  expect(await run({ limit: 1 }, { tenants: older })).toMatchObject({ suspendedAt: tenant.updatedAt })
})

test('a tenant that is resumed and suspended again while a page is made gets no page', async () => {
  const { run, set, tools } = await leaving()
  const jweSealer: typeof tools.jweSealer = {
    thumbprintOf: (key) => tools.jweSealer.thumbprintOf(key),
    sealTo: async (key) => {
      await set('active')
      await set('suspended')
      return tools.jweSealer.sealTo(key)
    },
  }
  await expect(run({ limit: 1 }, { jweSealer })).rejects.toMatchObject({ code: 'export_too_early' })
})

test('pages have each connection once', async () => {
  const { scene, run, set, suspend } = await leaving()
  await set('active')
  await scene.connectMany(6)
  await suspend()
  const seen: string[] = []
  for (let after: Connection['id'] | undefined; ; ) {
    const page = await run({ limit: 3, ...(after && { after }) })
    seen.push(...page.items.map(({ connectionId }) => connectionId))
    after = page.next
    if (after === undefined) break
  }
  expect(seen).toHaveLength(7)
  expect(new Set(seen).size).toBe(7)
})

test('the operator alone gets nothing', async () => {
  const { run, tools, tenantId, set, suspend, put, services } = await leaving()
  await expect(run({ limit: 1 }, { sealedExport: 'off' })).rejects.toThrow('"SealedExport" is "off"')
  await expect(run({ limit: 1 }, { sealedExport: 'x'.repeat(43) })).rejects.toThrow('another key only')
  await removeExportKey(tools, tenantId)
  await expect(run()).rejects.toMatchObject({ code: 'export_key_missing' })
  const { thumbprint } = await put()
  expect((await run({ limit: 1 }, { sealedExport: thumbprint })).items).toHaveLength(1)
  await set('active')
  await expect(run()).rejects.toMatchObject({ code: 'tenant_not_suspended' })
  await suspend()
  services.clock.advance(7 * 86_400)
  await expect(run()).rejects.toMatchObject({ code: 'export_key_missing' })
})

test('the key of another tenant seals no connection of this one', async () => {
  const { services, tools, connection, run } = await leaving()
  const other = await sceneOn(services)
  const { tenant } = other.caller
  const foreign = await other.connect({ endUser: { id: BOB } })
  await services.tenants.update(tenant.id, { status: 'suspended' }, services.now())
  services.clock.advance(SETTLING_SECONDS)
  const exportOther = (order: ExportOrder) => exportConnections(tools, tenant.id, order, undefined)
  // Only the first tenant has a key.
  for (const order of [{ limit: 50 }, { ids: [foreign.id] }, { ids: [connection.id] }])
    await expect(exportOther(order)).rejects.toMatchObject({ code: 'export_key_missing' })
  expect((await run()).items.map(({ connectionId }) => connectionId)).toEqual([connection.id])
  expect((await run({ ids: [foreign.id] })).items).toEqual([])
  // With a key of its own, it still gets its own connections only, and nothing that the first key opens.
  const { thumbprint } = await putExportKey(tools, tenant.id, publicJwk(OTHER as never))
  expect((await exportOther({ ids: [connection.id] })).items).toEqual([])
  const page = await exportOther({ limit: 50, after: connection.id })
  expect(page.items.map(({ connectionId }) => connectionId)).not.toContain(connection.id)
  const own = await exportOther({ ids: [foreign.id] })
  expect(own.thumbprint).toBe(thumbprint)
  await expect(opened(own.items[0]?.jwe)).rejects.toThrow()
  expect((await run()).thumbprint).not.toBe(thumbprint)
})

test('a tenant that does not exist gives nothing', async () => {
  const { tools } = await leaving()
  const refusal = exportConnections(tools, 'ten_none' as TenantId, { limit: 1 }, undefined)
  await expect(refusal).rejects.toMatchObject({ code: 'not_found' })
})

test('a key that is replaced between two pages shows in the answer', async () => {
  const { run, put } = await leaving()
  const first = await run()
  await put(OTHER as never)
  expect((await run()).thumbprint).not.toBe(first.thumbprint)
})

test('a tenant that is resumed while a page is made gets no page', async () => {
  const { run, set, tools } = await leaving()
  const jweSealer: typeof tools.jweSealer = {
    thumbprintOf: (key) => tools.jweSealer.thumbprintOf(key),
    sealTo: async (key) => {
      await set('active')
      return tools.jweSealer.sealTo(key)
    },
  }
  await expect(run({ limit: 1 }, { jweSealer })).rejects.toMatchObject({ code: 'tenant_not_suspended' })
})

test('tokens that cannot be decrypted do not stop the others', async () => {
  const { scene, run, services, set, suspend } = await leaving()
  await set('active')
  const [broken] = await scene.connectMany(2)
  const stored = services.connections.items.get(String([...services.connections.items.keys()][1]))
  expect(stored?.id).toBe(broken?.id)
  services.connections.items.set(String([...services.connections.items.keys()][1]), {
    ...(stored as Connection),
    generation: 9,
  })
  await suspend()
  const { items } = await run()
  expect(items.map(({ status }) => status).toSorted()).toEqual(['exported', 'exported', 'unreadable'])
})

test('a connection whose tokens ClickFunnels refuses for good has none to give', async () => {
  const { run, services, connection } = await leaving()
  const state = {
    status: 'reauthorization_required',
    reason: 'grant_refused',
    refusedAt: services.now(),
  } as const
  const update = (change: object) =>
    services.connections.update(
      refOf(connection),
      { generation: connection.generation },
      { ...change, updatedAt: services.now() },
    )
  // The first refusal may be a fault of ClickFunnels.
  await update({ state })
  expect((await run()).items).toMatchObject([{ status: 'exported' }])
  await update({ state: { ...state, endedAt: services.now() } })
  expect((await run()).items).toMatchObject([{ status: 'no_tokens' }])
})

test('the same page can be asked for again at once', async () => {
  const { run } = await leaving()
  await run()
  expect((await run()).items).toMatchObject([{ status: 'exported' }])
  expect((await run()).items[0]).not.toHaveProperty('uncertain')
})

test('while a process holds the lease, the connection is busy', async () => {
  const { connection, run, services } = await leaving()
  const lease = { owner: 'a process', until: later(services.now(), LEASE_SECONDS) }
  const { generation } = connection
  expect(await services.connections.acquireLease(refOf(connection), generation, lease, services.now())).toBe(
    true,
  )
  expect((await run()).items).toEqual([{ connectionId: connection.id, status: 'busy' }])
})

test('a process that read the tenant before its suspension cannot begin a refresh after the export', async () => {
  const { connection, run, services, set, suspend } = await leaving()
  await set('active')
  const stale = await services.tenants.get(connection.tenantId)
  await suspend()
  expect((await run()).items).toMatchObject([{ status: 'exported' }])
  const remembering = { ...services, tenants: { get: async () => stale } as never }
  const outcome = await refreshConnection(remembering, connection)
  expect(outcome).toEqual({ outcome: 'busy' })
  expect(services.clickfunnels.counts.refresh).toBe(0)
})

test('a process that died after the rotation: busy while the queue may bring the tokens, then uncertain', async () => {
  const { scene, connection, run, services, set, suspend } = await leaving()
  await set('active')
  await dieIn(services, 'refresh', () => refreshConnection(services, connection))
  await suspend()
  expect((await run()).items).toMatchObject([{ status: 'busy' }])
  services.clock.advance(LEASE_SECONDS + RECOVERY_SECONDS - SETTLING_SECONDS - 1)
  expect((await run()).items).toMatchObject([{ status: 'busy' }])
  services.clock.advance(1)
  expect((await run()).items).toMatchObject([{ status: 'exported', uncertain: true }])
  // That stays known, to the next export and to the next refresh.
  expect(await scene.stored(connection)).toMatchObject({ unanswered: true })
  expect((await run()).items).toMatchObject([{ status: 'exported', uncertain: true }])
})

test('a token that does not expire is never uncertain: nothing replaces it', async () => {
  const { services, scene, run, suspend, set } = await leaving({}, 'non_expiring')
  await set('active')
  const connection = await scene.connect({ endUser: { id: BOB } })
  await suspend()
  const lease = { owner: 'a process that died', until: services.now() }
  const fence = { generation: connection.generation }
  await services.connections.update(refOf(connection), fence, { lease, updatedAt: services.now() })
  services.clock.advance(RECOVERY_SECONDS)
  const { items } = await run({ ids: [connection.id] })
  expect(items).toMatchObject([{ status: 'exported' }])
  expect(items[0]).not.toHaveProperty('uncertain')
})

test('tokens that wait in the recovery queue are waited for', async () => {
  const { connection, run, services } = await leaving()
  const lease = { owner: QUEUED, until: (services.now() + 60) as never }
  const fence = { generation: connection.generation }
  await services.connections.update(refOf(connection), fence, { lease, updatedAt: services.now() })
  expect((await run()).items).toMatchObject([{ status: 'busy' }])
  services.clock.advance(61)
  expect((await run()).items).toMatchObject([{ status: 'exported', uncertain: true }])
})

test('a refresh that ends meanwhile is in the next answer, with its tokens', async () => {
  const { scene, connection, run, services, set, suspend } = await leaving()
  await set('active')
  await refreshConnection(services, connection)
  await suspend()
  const stale = { ...services.connections, list: async () => ({ items: [connection] }) }
  const connections = Object.assign(Object.create(services.connections), stale)
  expect((await run({ limit: 1 }, { connections })).items).toMatchObject([{ status: 'busy' }])
  const { items } = await run({ ids: [connection.id] })
  const token = await scene.accessToken(await scene.stored(connection))
  expect(await opened(items[0]?.jwe)).toMatchObject({ access_token: token })
  expect(token).not.toBe(await scene.accessToken(connection))
})

test('a suspended connection is exported, too, and one that is gone is left out', async () => {
  const { connection, run, services } = await leaving()
  const change = { suspendedAt: services.now(), updatedAt: services.now() }
  await services.connections.update(refOf(connection), { generation: connection.generation }, change)
  const ids = [connection.id, 'conn_gone' as Connection['id']]
  expect((await run({ ids })).items).toMatchObject([{ connectionId: connection.id, status: 'exported' }])
})

test('once the tenant is resumed and a minute has passed, refreshes go on', async () => {
  const { connection, run, services, set } = await leaving()
  await run()
  await set('active')
  services.clock.advance(HELD_SECONDS + 1)
  const read = await services.connections.get(refOf(connection))
  expect(await refreshConnection(services, read as Connection)).toMatchObject({ outcome: 'refreshed' })
})
