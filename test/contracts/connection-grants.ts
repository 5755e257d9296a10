// What every implementation of Connections has to do about grants: workspace claims, replacing, removing.
import { describe, expect, test } from 'vitest'
import type { Connection } from '#domain/connections/connection.ts'
import type { EndUserId, TenantId, WorkspaceId } from '#domain/ids.ts'
import { later } from '#domain/time.ts'
import { aConnection, aLink, aRevocation, aSession, bytes, NOW, newId, refOf } from './samples.ts'
import type { OpenStores, Stores } from './stores.ts'

const find = ({ connections }: Stores, { tenantId, appId, workspace, endUser }: Connection) =>
  connections.findByWorkspace(tenantId, appId, workspace.id as WorkspaceId, endUser.id)

const nextGeneration = {
  generation: 2,
  credential: { kind: 'non_expiring', accessToken: bytes(7) },
  updatedAt: later(NOW, 4),
} as const

export function connectionGrantsContract(open: OpenStores): void {
  async function stored(change: Partial<Connection> = {}, tenantId: TenantId = newId('tenant')) {
    const stores = open()
    const connection = aConnection(tenantId, change)
    expect(await stores.connections.create(connection)).toBe(true)
    return { stores, connection, ref: refOf(connection) }
  }

  describe('the claim of a workspace', () => {
    test('leads to its connection, for this tenant, app and end user alone', async () => {
      const { stores, connection } = await stored()
      expect(await find(stores, connection)).toBe(connection.id)
      for (const other of [
        { tenantId: newId('tenant') },
        { appId: newId('app') },
        { endUser: { id: 'bob' as EndUserId } },
        { workspace: { id: '0' as WorkspaceId } },
      ]) {
        expect(await find(stores, { ...connection, ...other })).toBeUndefined()
      }
    })

    test('keeps names with separators apart', async () => {
      const first = { workspace: { id: 'a#b' as WorkspaceId }, endUser: { id: 'c' as EndUserId } }
      const { stores, connection } = await stored(first)
      const other = { workspace: { id: 'a' as WorkspaceId }, endUser: { id: 'b#c' as EndUserId } }
      expect(await find(stores, { ...connection, ...other })).toBeUndefined()
    })

    test('goes to one of many connections, and the others are not created', async () => {
      const { connections } = open()
      const one = aConnection(newId('tenant'))
      const all = Array.from({ length: 5 }, () => ({ ...one, id: newId('connection') }))
      const created = await Promise.all(all.map((connection) => connections.create(connection)))
      expect(created.filter(Boolean)).toHaveLength(1)
      expect((await connections.list(one.tenantId, {}, 10)).items).toHaveLength(1)
    })

    test('is not needed where no workspace is known', async () => {
      const { stores, connection } = await stored({ workspace: {} })
      expect(await stores.connections.create({ ...connection, id: newId('connection') })).toBe(true)
    })
  })

  describe('replacing a grant', () => {
    test('changes the connection, stores the revocation of the former tokens and claims the workspace', async () => {
      const { stores, connection, ref } = await stored({ workspace: {} })
      const former = aRevocation(connection)
      const workspace = { id: '77' as WorkspaceId, name: 'Known now' }
      const change = { ...nextGeneration, workspace }
      expect(await stores.connections.replaceGrant(connection, change, former)).toBe(true)
      expect(await stores.connections.get(ref)).toEqual({ ...connection, ...change, eventCount: 2 })
      expect(await stores.revocations.get(former.tenantId, former.id)).toEqual(former)
      expect(await find(stores, { ...connection, workspace })).toBe(connection.id)
    })

    test('stores no revocation when the tokens are the same', async () => {
      const { stores, connection, ref } = await stored()
      expect(await stores.connections.replaceGrant(connection, nextGeneration, undefined)).toBe(true)
      expect((await stores.connections.get(ref))?.generation).toBe(2)
    })

    test('takes the lease from its holder', async () => {
      const { stores, connection, ref } = await stored({ lease: { owner: 'refresh', until: later(NOW, 30) } })
      const change = { ...nextGeneration, lease: null }
      expect(await stores.connections.replaceGrant(connection, change, aRevocation(connection))).toBe(true)
      expect(await stores.connections.get(ref)).not.toHaveProperty('lease')
    })

    test('does nothing at all when the generation has moved', async () => {
      const { stores, connection, ref } = await stored()
      const former = aRevocation(connection)
      const stale = { ...connection, generation: 0 }
      expect(await stores.connections.replaceGrant(stale, nextGeneration, former)).toBe(false)
      expect(await stores.connections.get(ref)).toEqual(connection)
      expect(await stores.revocations.get(former.tenantId, former.id)).toBeUndefined()
    })

    test('does nothing at all when another connection holds the workspace', async () => {
      const { stores, connection: holder } = await stored()
      const { connection, ref } = await stored({ workspace: {} }, holder.tenantId)
      const former = aRevocation(connection)
      const change = { ...nextGeneration, workspace: holder.workspace }
      expect(await stores.connections.replaceGrant(connection, change, former)).toBe(false)
      expect(await stores.connections.get(ref)).toEqual(connection)
      expect(await find(stores, holder)).toBe(holder.id)
      expect(await stores.revocations.get(former.tenantId, former.id)).toBeUndefined()
    })
  })

  describe('the session that brought a grant', () => {
    async function exchanging() {
      const { stores, connection, ref } = await stored()
      const session = aSession(connection.tenantId, { state: { status: 'exchanging' } })
      await stores.sessions.create(session, aLink(session))
      const granting = { id: session.id, expiresAt: later(NOW, 60) }
      const stateNow = async () => (await stores.sessions.get(session.tenantId, session.id))?.state
      return { stores, connection, ref, session, granting, stateNow }
    }
    const failed = { status: 'failed', error: 'storage_unavailable' } as const

    test('is connected with the write of a new connection', async () => {
      const { stores, session, granting } = await exchanging()
      const connection = aConnection(session.tenantId)
      expect(await stores.connections.create(connection, undefined, granting)).toBe(true)
      const state = { status: 'connected', connectionId: connection.id }
      const { expiresAt } = granting
      expect(await stores.sessions.get(session.tenantId, session.id)).toEqual({
        ...session,
        state,
        expiresAt,
      })
    })

    test('is connected with the write of new tokens', async () => {
      const { stores, connection, granting, stateNow } = await exchanging()
      const { connections } = stores
      expect(await connections.replaceGrant(connection, nextGeneration, undefined, granting)).toBe(true)
      expect(await stateNow()).toEqual({ status: 'connected', connectionId: connection.id })
    })

    test('keeps both writes from being done once it has failed', async () => {
      const { stores, connection, ref, session, granting, stateNow } = await exchanging()
      const { connections, sessions } = stores
      expect(await sessions.move(session, 'exchanging', failed, NOW)).toBe(true)
      const other = aConnection(session.tenantId)
      expect(await connections.create(other, undefined, granting)).toBe(false)
      expect(await connections.replaceGrant(connection, nextGeneration, undefined, granting)).toBe(false)
      expect(await connections.get(refOf(other))).toBeUndefined()
      expect(await connections.get(ref)).toEqual(connection)
      expect(await stateNow()).toEqual(failed)
    })

    test('stays as it is when the grant is not stored', async () => {
      const { stores, connection, granting, stateNow } = await exchanging()
      const stale = { ...connection, generation: 0 }
      const { connections } = stores
      expect(await connections.replaceGrant(stale, nextGeneration, undefined, granting)).toBe(false)
      expect(await connections.create(connection, undefined, granting)).toBe(false)
      expect(await stateNow()).toEqual({ status: 'exchanging' })
    })
  })

  describe('removing', () => {
    test('deletes connection and claim, and stores the revocation', async () => {
      const { stores, connection, ref } = await stored()
      const revocation = aRevocation(connection)
      expect(await stores.connections.remove(connection, revocation, 'api_key')).toBe(true)
      expect(await stores.connections.get(ref)).toBeUndefined()
      expect(await find(stores, connection)).toBeUndefined()
      expect(await stores.revocations.get(revocation.tenantId, revocation.id)).toEqual(revocation)
      expect(await stores.connections.create({ ...connection, id: newId('connection') })).toBe(true)
    })

    test('does nothing at all when the generation has moved', async () => {
      const { stores, connection, ref } = await stored()
      const revocation = aRevocation(connection)
      expect(await stores.connections.remove({ ...connection, generation: 2 }, revocation, 'api_key')).toBe(
        false,
      )
      expect(await stores.connections.get(ref)).toEqual(connection)
      expect(await stores.revocations.get(revocation.tenantId, revocation.id)).toBeUndefined()
    })

    test('happens once, however many try at the same time', async () => {
      const { stores, connection } = await stored()
      const removals = Array.from({ length: 4 }, () =>
        stores.connections.remove(connection, aRevocation(connection), 'api_key'),
      )
      expect((await Promise.all(removals)).filter(Boolean)).toHaveLength(1)
    })

    test("leaves another connection's claim alone", async () => {
      const { stores, connection: holder } = await stored()
      const { connection } = await stored({ workspace: {} }, holder.tenantId)
      const change = { workspace: holder.workspace, updatedAt: NOW }
      await stores.connections.update(refOf(connection), { generation: 1 }, change)
      const read = { ...connection, workspace: holder.workspace }
      expect(await stores.connections.remove(read, aRevocation(connection), 'api_key')).toBe(true)
      expect(await find(stores, holder)).toBe(holder.id)
    })
  })
}
