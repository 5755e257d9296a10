import { describe, expect, test } from 'vitest'
import { updateApp } from '#domain/apps/manage-apps.ts'
import { tokenOf } from '#domain/connections/connection.ts'
import { ServiceError } from '#domain/errors.ts'
import type { WorkspaceId } from '#domain/ids.ts'
import type { Workspace } from '#domain/provider/workspace.ts'
import { attemptRevocation } from '#domain/revocation/revocation.ts'
import { Secret } from '#domain/secret.ts'
import { BOB, openScene, type Scene } from '../../fakes/scene.ts'
import { ACME } from '../../fakes/tokens.ts'

const OTHER: Workspace = { id: '999' as WorkspaceId, name: 'Other', host: 'other.myclickfunnels.com' }

const live = (scene: Scene) => scene.services.clickfunnels.tokens.live().map(({ accessToken }) => accessToken)

describe('a first grant', () => {
  test('becomes a connection whose kind depends on the refresh token, not on expires_in', async () => {
    const scene = await openScene()
    expect((await scene.connect()).credential.kind).toBe('non_expiring')
    scene.services.clickfunnels.tokens.mode = 'rotating'
    const { credential, dueAt } = await scene.connect({}, OTHER)
    const expiresAt = scene.services.now() + 7200
    expect(credential).toMatchObject({ kind: 'refreshable', expiresAt })
    expect(dueAt).toBeGreaterThanOrEqual(expiresAt - 1350)
    expect(dueAt).toBeLessThanOrEqual(expiresAt - 900)
  })

  test('is sealed for its connection and generation, each token for its own field', async () => {
    const scene = await openScene()
    scene.services.clickfunnels.tokens.mode = 'rotating'
    const connection = await scene.connect()
    const { tenantId, id, credential } = connection
    const [row] = scene.services.clickfunnels.tokens.rows
    expect(await scene.accessToken(connection)).toBe(row?.accessToken)
    if (credential.kind !== 'refreshable') throw new Error(credential.kind)
    const refreshToken = tokenOf(tenantId, id, 1, 'refresh_token')
    const opened = await scene.services.vault.open(refreshToken, credential.refreshToken)
    expect(opened.reveal()).toBe(row?.refreshToken)
  })

  test('of another end user to the same workspace is a connection of its own', async () => {
    const scene = await openScene()
    const alice = await scene.connect()
    const bob = await scene.connect({ endUser: { id: BOB } })
    expect(bob.id).not.toBe(alice.id)
    expect(live(scene)).toHaveLength(2)
  })

  test('of the same end user to another workspace is a connection of its own', async () => {
    const scene = await openScene()
    const one = await scene.connect()
    expect((await scene.connect({}, OTHER)).id).not.toBe(one.id)
  })
})

describe('the same end user and workspace again', () => {
  test('is the same connection in its next generation, and the former tokens are revoked', async () => {
    const scene = await openScene()
    scene.services.clickfunnels.tokens.mode = 'rotating'
    const first = await scene.connect()
    const second = await scene.connect({}, { ...ACME, name: 'Acme renamed' })
    expect(second).toMatchObject({ id: first.id, generation: 2, workspace: { name: 'Acme renamed' } })
    expect(live(scene)).toEqual([await scene.accessToken(second)])
    expect(scene.services.revocations.items.size).toBe(0)
  })

  test('wakes a connection that needed its end user', async () => {
    const scene = await openScene()
    const first = await scene.connect()
    const ref = { tenantId: first.tenantId, connectionId: first.id }
    const reason = 'access_token_rejected' as const
    const ended = { state: { status: 'reauthorization_required', reason }, dueAt: null } as const
    await scene.services.connections.update(ref, { generation: 1 }, { ...ended, updatedAt: first.updatedAt })
    expect(await scene.connect()).toMatchObject({
      id: first.id,
      state: { status: 'active' },
      dueAt: expect.any(Number),
    })
  })

  test('with the very same access token keeps it alive', async () => {
    const scene = await openScene()
    const first = await scene.connect()
    const [row] = scene.services.clickfunnels.tokens.rows
    if (row === undefined) throw new Error('no token')
    scene.services.clickfunnels.script('exchangeCode', scene.services.clickfunnels.granted(row))
    const second = await scene.connect()
    expect(second).toMatchObject({ id: first.id, generation: 2 })
    expect(live(scene)).toEqual([await scene.accessToken(second)])
    expect(scene.services.clickfunnels.counts.revoke).toBe(0)
  })

  test('stores the revocation of the former tokens when the provider cannot be reached', async () => {
    const scene = await openScene()
    await scene.connect()
    scene.services.clickfunnels.script('revoke', 'failed')
    await scene.connect()
    expect([...scene.services.revocations.items.values()]).toMatchObject([{ attempts: 1, generation: 1 }])
    expect(live(scene)).toHaveLength(2)
  })

  test('twice at the same moment is one connection, with one live token', async () => {
    const scene = await openScene()
    const both = await Promise.all([scene.connect(), scene.connect()])
    expect(both[0].id).toBe(both[1].id)
    expect(scene.services.connections.items.size).toBe(1)
    expect(live(scene)).toEqual([await scene.accessToken(await scene.stored(both[0]))])
  })
})

describe('reconnecting a connection', () => {
  test('to its own workspace replaces its tokens', async () => {
    const scene = await openScene()
    const connection = await scene.connect()
    expect(await scene.connect({ connectionId: connection.id })).toMatchObject({
      id: connection.id,
      generation: 2,
    })
    expect(live(scene)).toHaveLength(1)
  })

  test('to another workspace changes nothing and revokes the granted tokens', async () => {
    const scene = await openScene()
    const connection = await scene.connect()
    const attempt = scene.connect({ connectionId: connection.id }, OTHER)
    await expect(attempt).rejects.toMatchObject({ code: 'workspace_mismatch' })
    expect(await scene.stored(connection)).toEqual(connection)
    expect(live(scene)).toEqual([await scene.accessToken(connection)])
  })

  test('that was deleted in the meantime revokes the granted tokens', async () => {
    const scene = await openScene()
    const connection = await scene.connect()
    const journey = await scene.leave({ connectionId: connection.id, completion: 'confirmed' })
    scene.services.connections.items.clear()
    const response = await scene.comeBack(journey)
    expect(response).toMatchObject({ location: expect.stringContaining('error=connection_gone') })
    expect(live(scene)).toEqual([await scene.accessToken(connection)])
  })
})

test("an app's older client secret serves while the newest is not accepted yet, and is remembered", async () => {
  const scene = await openScene()
  await updateApp(scene.services, scene.caller.tenant.id, scene.app.id, { clientSecret: new Secret('new') })
  await scene.connect()
  expect(scene.services.clickfunnels.counts.exchangeCode).toBe(2)
  await scene.connect()
  expect(scene.services.clickfunnels.counts.exchangeCode).toBe(3)
  scene.services.clickfunnels.registerClient('client-1', 'new')
  await scene.connect()
  expect(scene.services.clickfunnels.counts.exchangeCode).toBe(5)
  await scene.connect()
  expect(scene.services.clickfunnels.counts.exchangeCode).toBe(6)
})

describe('a write whose answer is lost', () => {
  const lost = () => Promise.reject(new ServiceError('storage_unavailable', 'No answer in time.'))

  test.each(['create', 'replaceGrant'] as const)(
    'of %s: the stored connection is found, and its tokens live',
    async (write) => {
      const scene = await openScene()
      scene.services.clickfunnels.tokens.mode = 'rotating'
      if (write === 'replaceGrant') await scene.connect()
      const { connections } = scene.services
      const done: (...given: never[]) => Promise<boolean> = connections[write].bind(connections)
      Object.assign(connections, { [write]: async (...given: never[]) => (await done(...given)) && lost() })
      const connection = await scene.connect()
      // What the former tokens need is stored, and the schedule does it.
      const waiting = [...scene.services.revocations.items.values()]
      for (const revocation of waiting) await attemptRevocation(scene.services, revocation)
      expect(waiting).toHaveLength(write === 'replaceGrant' ? 1 : 0)
      expect(live(scene)).toEqual([await scene.accessToken(connection)])
    },
  )

  test('that was not done leaves no live token', async () => {
    const scene = await openScene()
    Object.assign(scene.services.connections, { create: lost })
    await expect(scene.connect()).rejects.toMatchObject({ code: 'storage_unavailable' })
    expect(live(scene)).toEqual([])
    expect(scene.services.events.story()).toEqual(['connect_session.failed: storage_unavailable'])
  })

  test.each(['create', 'replaceGrant'] as const)(
    'of %s: carried out after its tokens were revoked, it changes nothing',
    async (write) => {
      const scene = await openScene()
      scene.services.clickfunnels.tokens.mode = 'rotating'
      const before = write === 'replaceGrant' ? await scene.connect() : undefined
      const { connections } = scene.services
      const done: (...given: never[]) => Promise<boolean> = connections[write].bind(connections)
      let carryOut = (): Promise<boolean> => Promise.reject(new Error('nothing was written'))
      Object.assign(connections, {
        [write]: (...given: never[]) => {
          carryOut = () => done(...given)
          return lost()
        },
      })
      await expect(scene.connect()).rejects.toThrow()
      expect(await carryOut()).toBe(false)
      const stored = [...connections.items.values()]
      expect(stored).toEqual(before === undefined ? [] : [before])
      expect(live(scene)).toEqual(before === undefined ? [] : [await scene.accessToken(before)])
    },
  )

  test.each([
    ['the session cannot be ended', 'move'],
    ['it cannot be read how the session ended', 'get'],
  ] as const)('leaves the tokens alive when %s, because they may be in use', async (_, call) => {
    const scene = await openScene()
    const journey = await scene.leave({ completion: 'confirmed' })
    const { connections, sessions } = scene.services
    const create = connections.create.bind(connections)
    Object.assign(connections, {
      create: async (...given: Parameters<typeof create>) => {
        await create(...given)
        Object.assign(sessions, { [call]: lost })
        return lost()
      },
    })
    await expect(scene.comeBack(journey)).rejects.toMatchObject({ code: 'storage_unavailable' })
    expect(live(scene)).toHaveLength(1)
    expect(scene.services.log.entries.map(({ message }) => message)).toContain(
      'Granted tokens may be stored or not',
    )
  })
})
