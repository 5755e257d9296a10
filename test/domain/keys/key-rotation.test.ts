import { describe, expect, test } from 'vitest'
import { tokenOf } from '#domain/connections/connection.ts'
import {
  RETIREMENT_DAYS,
  ROOT_KEY_DAYS,
  rotateKeys,
  SETTLING_SECONDS,
  TENANT_KEY_DAYS,
} from '#domain/keys/key-rotation.ts'
import type { Sealed } from '#domain/vault/vault.ts'
import { openScene, type Scene, sceneOn } from '../../fakes/scene.ts'
import { versionOf } from '../../fakes/vault.ts'
import { versionsNamed } from '../../support/sealed-versions.ts'

const DAY = 24 * 3600
const run = ({ services }: Scene, mayGoOn = () => true) => rotateKeys(services, mayGoOn)
const versions = async ({ services, caller }: Scene) =>
  (await services.vault.list(caller.tenant.id)).versions.map(({ version }) => version)
/** The versions that the seals of a tenant's records name. */
async function named({ services, caller }: Scene): Promise<number[]> {
  const { records } = await services.sealedRecords.list(caller.tenant.id, 10_000)
  return versionsNamed(records, (seal) => versionOf(seal as Sealed))
}

/** A tenant with records of every kind, whose key was rotated and has settled. */
async function settled() {
  const scene = await openScene()
  const { services, caller } = scene
  services.clickfunnels.tokens.mode = 'rotating'
  const connections = await scene.connectMany(3)
  services.clickfunnels.always('revoke', 'failed')
  const again = await scene.connect({
    connectionId: connections[0]?.id as never,
    endUser: { id: 'user-0' as never },
  })
  const journey = await scene.leave()
  await scene.comeBack(journey)
  await services.vault.rotate(caller.tenant.id)
  services.clock.advance(SETTLING_SECONDS)
  return { scene, services, connections: [again, ...connections.slice(1)], journey }
}

describe('key rotation in the background', () => {
  test('makes all seals of an older key again, and retires that key once no seal names it', async () => {
    const { scene, services, connections } = await settled()
    expect(services.revocations.items.size).toBe(1)
    expect(await named(scene)).toEqual([1])
    const lease = { owner: 'another process', until: services.now() }
    const [first] = connections
    await services.connections.acquireLease(
      { tenantId: scene.caller.tenant.id, connectionId: first?.id as never },
      first?.generation ?? 0,
      lease,
      services.now(),
    )
    // An app, three connections, a revocation and a session that waits for its tenant.
    expect(await run(scene)).toMatchObject({ resealed: 6, retired: 0, failed: 0, unfinished: 0 })
    expect(await named(scene)).toEqual([2])
    for (const connection of connections) {
      const stored = await scene.stored(connection)
      expect(stored).toMatchObject({ generation: connection.generation, updatedAt: connection.updatedAt })
      expect(await scene.accessToken(stored)).toBe(await scene.accessToken(connection))
    }
    expect((await scene.stored(connections[0] as never)).lease).toEqual(lease)
    expect(await run(scene)).toMatchObject({ resealed: 0, retired: 1 })
    expect(await run(scene)).toMatchObject({ resealed: 0, retired: 0, removed: 0 })
  })

  test('leaves the seals of sessions and revocations open to what they were sealed for', async () => {
    const { scene, services, journey } = await settled()
    const tenantId = scene.caller.tenant.id
    await run(scene)
    const [revocation] = services.revocations.items.values()
    const { state, id } = await scene.session(journey)
    if (revocation === undefined || state.status !== 'awaiting_completion') throw new Error('Nothing waits')
    const access = tokenOf(tenantId, revocation.record, revocation.generation, 'access_token')
    expect((await services.vault.open(access, revocation.accessToken)).reveal()).toMatch(/^access-/)
    const code = { tenantId, record: id, generation: 0, field: 'code' } as const
    expect((await services.vault.open(code, state.code)).reveal()).not.toBe('')
  })

  test('waits until no process can seal with the older key any more', async () => {
    const scene = await openScene()
    await scene.connect()
    await scene.services.vault.rotate(scene.caller.tenant.id)
    scene.services.clock.advance(SETTLING_SECONDS - 1)
    expect(await run(scene)).toMatchObject({ resealed: 0, retired: 0 })
    expect(await named(scene)).toEqual([1])
    scene.services.clock.advance(1)
    expect(await run(scene)).toMatchObject({ resealed: 2 })
  })

  test('deletes a retired key after a last look, which must find nothing', async () => {
    const { scene, services, connections } = await settled()
    const [former] = connections
    if (former === undefined) return
    await run(scene)
    await run(scene)
    services.clock.advance(RETIREMENT_DAYS * DAY - 1)
    expect(await run(scene)).toMatchObject({ removed: 0 })
    // What waited somewhere all the time comes back under the old key.
    await services.connections.update(
      { tenantId: former.tenantId, connectionId: former.id },
      { generation: former.generation },
      { credential: former.credential, updatedAt: services.now() },
    )
    services.clock.advance(1)
    expect(await run(scene)).toMatchObject({ resealed: 1, removed: 0 })
    expect(await versions(scene)).toEqual([1, 2])
    expect(await run(scene)).toMatchObject({ resealed: 0, removed: 1 })
    expect(await versions(scene)).toEqual([2])
    expect(await scene.accessToken(await scene.stored(former))).toMatch(/^access-/)
  })

  test('keeps a key for as long as a secret under it does not open, and says which', async () => {
    const { scene, services } = await settled()
    const [poisoned] = services.connections.items.values()
    if (poisoned === undefined) return
    const accessToken = Uint8Array.from(poisoned.credential.accessToken) as Sealed
    accessToken[accessToken.length - 1] = (accessToken.at(-1) ?? 0) ^ 1
    Object.assign(poisoned.credential, { accessToken })
    expect(await run(scene)).toMatchObject({ resealed: 5, unreadable: 1, failed: 0 })
    expect(await run(scene)).toMatchObject({ unreadable: 1, retired: 0 })
    expect(services.log.text()).toContain(poisoned.id)
    expect(await versions(scene)).toEqual([1, 2])
  })

  test('rotates old tenant keys and old root keys, and wraps keys under the new root key', async () => {
    const scene = await openScene()
    const { services } = scene
    services.clock.advance(TENANT_KEY_DAYS * DAY - 1)
    expect(await run(scene)).toMatchObject({ rotated: 0 })
    services.clock.advance(1)
    expect(await run(scene)).toMatchObject({ rotated: 1, rewrapped: 0 })
    expect(await run(scene)).toMatchObject({ rotated: 0 })
    services.clock.advance((ROOT_KEY_DAYS - TENANT_KEY_DAYS) * DAY)
    expect(await run(scene)).toMatchObject({ rewrapped: 2, rotated: 1 })
    expect(await services.rootKeys.current()).toMatchObject({ version: 2 })
    const { versions } = await services.vault.list(scene.caller.tenant.id)
    expect(versions.map(({ wrappedBy }) => wrappedBy)).toEqual(
      [1, 2, 3].map(() => ({ kind: 'root_key', version: 2 })),
    )
  })

  test('goes on where it was cut off, in the midst of a tenant too, and forgets nothing it found', async () => {
    const scene = await openScene()
    const { services } = scene
    await scene.connectMany(120)
    const other = await sceneOn(services)
    for (const one of [scene, other]) await services.vault.rotate(one.caller.tenant.id)
    services.clock.advance(SETTLING_SECONDS)
    let steps = 2
    expect(await run(scene, () => steps-- > 0)).toMatchObject({ resealed: 50, unfinished: 1 })
    expect(services.sealedRecords.progress).toMatchObject({
      tenantId: scene.caller.tenant.id,
      look: { newest: 2, clean: false },
    })
    expect(await named(other)).toEqual([1])
    expect(await run(scene)).toMatchObject({ resealed: 72, retired: 0, unfinished: 0 })
    expect(services.sealedRecords.progress).toBeUndefined()
    expect([await named(scene), await named(other)]).toEqual([[2], [2]])
    expect(await run(scene)).toMatchObject({ tenants: 2, resealed: 0, retired: 2 })
  })

  test('begins a look again when the key was rotated while it was cut off', async () => {
    const scene = await openScene()
    const { services, caller } = scene
    await scene.connectMany(60)
    await services.vault.rotate(caller.tenant.id)
    services.clock.advance(SETTLING_SECONDS)
    let steps = 2
    await run(scene, () => steps-- > 0)
    await services.vault.rotate(caller.tenant.id)
    services.clock.advance(SETTLING_SECONDS)
    expect(await run(scene)).toMatchObject({ resealed: 61 })
    expect(await named(scene)).toEqual([3])
  })

  test("a failure of one tenant's keys does not stop the others, and loses nothing", async () => {
    const scene = await openScene()
    const { services, caller } = scene
    await services.vault.rotate(caller.tenant.id, 'own-key')
    await services.tenants.update(caller.tenant.id, { kmsKeyArn: 'own-key' }, services.now())
    const other = await sceneOn(services)
    await services.vault.rotate(other.caller.tenant.id)
    services.clock.advance(SETTLING_SECONDS)
    services.vault.disabledKmsKeys.add('own-key')
    expect(await run(scene)).toMatchObject({ failed: 1, resealed: 1 })
    expect(services.log.text()).toContain('own-key')
    expect([await named(scene), await named(other)]).toEqual([[1], [2]])
    services.vault.disabledKmsKeys.clear()
    expect(await run(scene)).toMatchObject({ failed: 0, resealed: 1 })
  })

  test('rotates a key that is not under the KMS key that the tenant has now', async () => {
    const scene = await openScene()
    const { services, caller } = scene
    await services.tenants.update(caller.tenant.id, { kmsKeyArn: 'own-key' }, services.now())
    expect(await run(scene)).toMatchObject({ rotated: 1 })
    const { versions } = await services.vault.list(caller.tenant.id)
    expect(versions.at(-1)?.wrappedBy).toEqual({ kind: 'kms_key', arn: 'own-key' })
    expect(await run(scene)).toMatchObject({ rotated: 0 })
  })

  test('leaves a shredded tenant and one that never sealed anything alone', async () => {
    const scene = await openScene()
    await scene.services.vault.shred(scene.caller.tenant.id)
    expect(await run(scene)).toMatchObject({ tenants: 1, rotated: 0, failed: 0 })
  })
})
