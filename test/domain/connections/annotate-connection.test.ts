// Tags and labels: from the session to the connection, changed by the tenant's back end only.
import { describe, expect, test } from 'vitest'
import type { Caller } from '#domain/callers/caller.ts'
import { startSession } from '#domain/connect/start-session.ts'
import { annotateConnection } from '#domain/connections/annotate-connection.ts'
import { changeConnection } from '#domain/operator/change-connection.ts'
import { ALICE, BOB, openScene, RETURN_URL, type Scene } from '../../fakes/scene.ts'

const asEndUser = ({ services, caller: { tenant } }: Scene, id = ALICE): Caller => ({
  tenant,
  actor: { kind: 'end_user', id, identityProviderId: services.newId('identityProvider') },
})
const NOTED = { tags: { project: '4711' }, label: 'Main shop' }

describe('tags and label', () => {
  test('come from the session to its connection', async () => {
    const scene = await openScene()
    expect(await scene.connect(NOTED)).toMatchObject(NOTED)
  })

  test('stay when the connection is connected again without any, and are replaced by others', async () => {
    const scene = await openScene()
    const { id } = await scene.connect(NOTED)
    expect(await scene.connect({ connectionId: id })).toMatchObject({ id, ...NOTED })
    const again = await scene.connect({ connectionId: id, tags: { plan: 'pro' } })
    expect(again).toMatchObject({ id, label: 'Main shop' })
    expect(again.tags).toEqual({ plan: 'pro' })
    expect(await scene.stored(again)).toMatchObject({ tags: { plan: 'pro' }, label: 'Main shop' })
  })

  test('are not taken from an end user who starts a session', async () => {
    const scene = await openScene()
    const start = (more: object) =>
      startSession(scene.services, asEndUser(scene), { returnUrl: RETURN_URL, ...more })
    await expect(start(NOTED)).rejects.toMatchObject({
      code: 'validation_failed',
      extensions: { errors: [{ pointer: '#/tags' }, { pointer: '#/label' }] },
    })
    expect((await start({})).session).not.toHaveProperty('tags')
  })

  test('are changed by an API key, and to repeat it changes nothing more', async () => {
    const scene = await openScene()
    const connection = await scene.connect(NOTED)
    const annotate = (change: object) =>
      annotateConnection(scene.services, scene.caller, connection.id, change)
    const first = await annotate({ tags: { plan: 'pro' }, label: null })
    expect(first.tags).toEqual({ plan: 'pro' })
    expect(first).not.toHaveProperty('label')
    expect(await annotate({ tags: { plan: 'pro' }, label: null })).toEqual(first)
  })

  test('are not changed by an end user, who does not learn which connections others have', async () => {
    const scene = await openScene()
    const connection = await scene.connect(NOTED)
    const annotate = (caller: Caller) =>
      annotateConnection(scene.services, caller, connection.id, { tags: null })
    await expect(annotate(asEndUser(scene))).rejects.toMatchObject({ code: 'insufficient_scope' })
    await expect(annotate(asEndUser(scene, BOB))).rejects.toMatchObject({ code: 'not_found' })
    expect(await scene.stored(connection)).toEqual(connection)
  })

  test('and the status change together when the operator wants it', async () => {
    const scene = await openScene()
    const { tenantId, id } = await scene.connect(NOTED)
    const ref = { tenantId, connectionId: id }
    const order = { status: 'suspended', label: 'Closed' } as const
    expect(await changeConnection(scene.services, ref, order)).toMatchObject({
      suspendedAt: scene.services.now(),
      tags: NOTED.tags,
      label: 'Closed',
    })
    await expect(
      changeConnection(scene.services, { ...ref, connectionId: scene.services.newId('connection') }, order),
    ).rejects.toMatchObject({ code: 'not_found' })
  })
})
