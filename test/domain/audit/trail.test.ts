// The audit trail: the events that the domain writes by itself, and that a failed write stops nothing.
import { describe, expect, test } from 'vitest'
import { AUDIT_UNWRITTEN, connectionNote } from '#domain/audit/trail.ts'
import { keepAlive } from '#domain/keep-alive/keep-alive.ts'
import { rotateKeys, TENANT_KEY_DAYS } from '#domain/keys/key-rotation.ts'
import { disconnect } from '#domain/tokens/disconnect.ts'
import { connectedScene, openScene } from '../../fakes/scene.ts'

describe('the trail', () => {
  test('keeps an event for the days it is told', async () => {
    const { services, connection } = await connectedScene()
    const [event] = services.auditEvents.items.values()
    expect((event?.expiresAt ?? 0) - (event?.at ?? 0)).toBe(30 * 24 * 3600)
    const list = () => services.auditEvents.list(connection.tenantId, {}, 10, services.now())
    services.clock.advance(30 * 24 * 3600 - 1)
    expect((await list()).items).toHaveLength(1)
    services.clock.advance(1)
    expect((await list()).items).toHaveLength(0)
  })

  test('that cannot be written stops nothing, and leaves the whole event in the log', async () => {
    const failing = { append: () => Promise.reject(new Error('throttled')), list: () => Promise.reject() }
    const { services, connection } = await connectedScene('rotating', { auditEvents: failing as never })
    expect(connection.state.status).toBe('active')
    const unwritten = services.log.entries.filter(({ message }) => message === AUDIT_UNWRITTEN)
    expect(unwritten).toMatchObject([
      { level: 'error', fields: { event: { action: 'connection.create', resource: { id: connection.id } } } },
    ])
  })

  test('names the service if no caller acted', async () => {
    const { services, connection } = await connectedScene()
    await services.audit.note(connectionNote(connection, 'connection.require_reauthorization'))
    expect([...services.auditEvents.items.values()].at(-1)?.actor).toEqual({ kind: 'service', id: 'test' })
  })
})

describe('the domain notes', () => {
  test('a connection, its reconnection and the tokens that were revoked for it', async () => {
    const { scene, services } = await connectedScene()
    await scene.connect()
    expect(services.auditEvents.story()).toEqual([
      'connection.create',
      'connection.revoke_tokens',
      'connection.reconnect',
    ])
    for (const { actor, action } of services.auditEvents.items.values()) {
      expect(actor.kind).toBe(action === 'connection.revoke_tokens' ? 'service' : 'browser')
    }
  })

  test('tokens that are revoked later, once they are', async () => {
    const { scene, services, connection } = await connectedScene()
    services.clickfunnels.always('revoke', 'failed')
    await disconnect(services, scene.caller, connection.id)
    expect(services.auditEvents.story()).toEqual(['connection.create'])
    services.clickfunnels.always('revoke', 'done')
    services.clock.advance(3600)
    await keepAlive(services, { shard: 0, of: 1 }, () => true)
    expect(services.auditEvents.story()).toEqual(['connection.create', 'connection.revoke_tokens'])
  })

  test('keys that the service rotates by itself', async () => {
    const scene = await openScene()
    const { services } = scene
    await scene.connect()
    services.clock.advance((TENANT_KEY_DAYS + 1) * 24 * 3600)
    await rotateKeys(services, () => true)
    expect(services.auditEvents.story()).toContain('tenant.rotate_key')
  })
})
