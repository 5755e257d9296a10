// Which workspace a grant is for, where the token response or the store do not say it.
import { describe, expect, test } from 'vitest'
import { providerProfile } from '#adapters/clickfunnels/profiles.ts'
import type { Workspace } from '#domain/provider/workspace.ts'
import { openScene, type Scene } from '../../fakes/scene.ts'
import { ACME } from '../../fakes/tokens.ts'

const live = (scene: Scene) => scene.services.clickfunnels.tokens.live().map(({ accessToken }) => accessToken)

describe('on one host for all workspaces', () => {
  const provider = providerProfile({
    CLICKFUNNELS_PROFILE: 'custom',
    CLICKFUNNELS_ACCOUNTS_URL: 'https://clickfunnels.test',
    CLICKFUNNELS_API_URL: '',
    CLICKFUNNELS_WORKSPACE_HOSTS: '*.myclickfunnels.com',
  })

  function sayNothingOnce({ services }: Scene): void {
    services.clickfunnels.extras = false
    services.clickfunnels.script('probe', { outcome: 'unclear', detail: 'status 500' })
  }

  test('tokens of an unknown workspace do not replace those of a known one', async () => {
    const scene = await openScene({ provider })
    const connection = await scene.connect()
    sayNothingOnce(scene)
    const attempt = scene.connect({ connectionId: connection.id })
    await expect(attempt).rejects.toMatchObject({ code: 'upstream_malformed' })
    expect(await scene.stored(connection)).toEqual(connection)
    expect(live(scene)).toEqual([await scene.accessToken(connection)])
  })

  test('a connection whose workspace comes to be known is found by it from then on', async () => {
    const scene = await openScene({ provider })
    sayNothingOnce(scene)
    const connection = await scene.connect()
    expect(connection.workspace).toEqual({})
    scene.services.clickfunnels.extras = true
    await scene.connect({ connectionId: connection.id })
    expect(await scene.connect()).toMatchObject({ id: connection.id, generation: 3, workspace: ACME })
    expect(live(scene)).toHaveLength(1)
  })

  test('does not take the workspace of another connection', async () => {
    const scene = await openScene({ provider })
    sayNothingOnce(scene)
    const unknown = await scene.connect()
    scene.services.clickfunnels.extras = true
    const known = await scene.connect()
    const attempt = scene.connect({ connectionId: unknown.id })
    await expect(attempt).rejects.toMatchObject({ code: 'workspace_mismatch' })
    expect((await scene.connect()).id).toBe(known.id)
    expect(live(scene)).toHaveLength(2)
  })
})

describe('a token response that does not name the workspace', () => {
  test('is completed by a probe', async () => {
    const scene = await openScene()
    scene.services.clickfunnels.extras = false
    expect((await scene.connect()).workspace).toEqual(ACME)
    expect(scene.services.clickfunnels.counts.probe).toBe(1)
  })

  test('is not probed when it does', async () => {
    const scene = await openScene()
    await scene.connect()
    expect(scene.services.clickfunnels.counts.probe).toBe(0)
  })

  test('and cannot be completed by a probe either is of no use: the tokens are revoked', async () => {
    const scene = await openScene()
    scene.services.clickfunnels.extras = false
    scene.services.clickfunnels.script('probe', { outcome: 'unclear', detail: 'status 500' })
    await expect(scene.connect()).rejects.toMatchObject({ code: 'upstream_malformed' })
    expect(scene.services.connections.items.size).toBe(0)
    expect(live(scene)).toEqual([])
  })

  test('or names a host that was not allowed is of no use: the tokens are revoked', async () => {
    const scene = await openScene()
    const hostless: Workspace = { id: ACME.id, name: 'Acme' }
    await expect(scene.connect({}, hostless)).rejects.toMatchObject({ code: 'upstream_malformed' })
    expect(live(scene)).toEqual([])
  })
})
