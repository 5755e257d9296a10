// The import of connections on fakes: what each token leads to, and what is never done with it.
import { describe, expect, test } from 'vitest'
import { sha256 } from '#domain/hash.ts'
import type { EndUserId, WorkspaceId } from '#domain/ids.ts'
import type { ImportItem } from '#domain/imports/import.ts'
import { importConnections } from '#domain/imports/import-connections.ts'
import type { Workspace } from '#domain/provider/workspace.ts'
import { refreshNow } from '#domain/proxy/refresh-now.ts'
import { Secret } from '#domain/secret.ts'
import { deadlineIn, later } from '#domain/time.ts'
import { ALICE, BOB, openScene, RETURN_URL, type Scene } from '../../fakes/scene.ts'
import { ACME } from '../../fakes/tokens.ts'

const OTHER: Workspace = { id: '999' as WorkspaceId, name: 'Other', host: 'other.myclickfunnels.com' }

async function openWith(mode: 'non_expiring' | 'rotating' | 'strict' = 'rotating') {
  const scene = await openScene()
  scene.services.clickfunnels.tokens.mode = mode
  const { services, caller } = scene
  /** Tokens that another system got from ClickFunnels, as an item of an import. */
  const granted = (endUser: string = ALICE, workspace: Workspace = ACME): ImportItem => {
    const { accessToken, refreshToken } = services.clickfunnels.tokens.issue(workspace)
    return {
      endUser: { id: endUser as EndUserId },
      accessToken: new Secret(accessToken),
      ...(refreshToken !== undefined && { refreshToken: new Secret(refreshToken) }),
    }
  }
  const run = (items: readonly (ImportItem | { malformed: string })[], dryRun = false) =>
    importConnections(services, caller, { dryRun, items }, deadlineIn(services.now()))
  const one = async (item: ImportItem, dryRun = false) => (await run([item], dryRun))[0]
  const stored = () => [...services.connections.items.values()]
  return { scene, services, granted, run, one, stored }
}
const row = ({ services }: Scene, { accessToken }: ImportItem) =>
  services.clickfunnels.tokens.find(accessToken.reveal())
/** The events that wait to be published, oldest first. */
const events = ({ services, caller }: Scene) => services.events.waiting(caller.tenant.id, 100)

describe('a living token', () => {
  test('becomes a connection to the workspace that ClickFunnels names, with an event, an audit event and no refresh', async () => {
    const { scene, services, granted, one, stored } = await openWith()
    const result = await one({ ...granted(), tags: { plan: 'pro' } })
    expect(result).toMatchObject({ status: 'imported', connectionId: stored()[0]?.id })
    const [connection] = stored()
    expect(connection).toMatchObject({
      endUser: { id: ALICE },
      workspace: ACME,
      tags: { plan: 'pro' },
      state: { status: 'active' },
      generation: 1,
      credential: { kind: 'refreshable' },
    })
    expect(await services.usage.connections(scene.caller.tenant.id)).toBe(1)
    expect(await events(scene)).toMatchObject([
      { type: 'connection.created', data: { imported: true, tags: { plan: 'pro' } } },
    ])
    expect([...services.auditEvents.items.values()].at(-1)).toMatchObject({
      action: 'connection.import',
      resource: { type: 'connection', id: connection?.id },
      actor: { kind: 'api_key' },
    })
    expect(services.clickfunnels.counts.refresh).toBe(0)
  })

  test.each([
    ['of unknown expiry is refreshed soon', undefined, 60, 600],
    ['that should have expired already is refreshed soon', -100, 60, 600],
    ['of known expiry is refreshed before that', 7200, 5850, 6300],
  ])('with a refresh token and %s', async (_, expiresIn, least, most) => {
    const { services, granted, one, stored } = await openWith()
    const now = services.now()
    await one({ ...granted(), ...(expiresIn !== undefined && { expiresAt: later(now, expiresIn) }) })
    const dueIn = Number(stored()[0]?.dueAt) - now
    expect(dueIn).toBeGreaterThanOrEqual(least)
    expect(dueIn).toBeLessThanOrEqual(most)
  })

  test('without a refresh token does not expire, and is probed within a day or so', async () => {
    const { services, granted, one, stored } = await openWith('non_expiring')
    await one({ ...granted(), expiresAt: later(services.now(), 7200) })
    expect(stored()[0]?.credential.kind).toBe('non_expiring')
    expect(Number(stored()[0]?.dueAt) - services.now()).toBeGreaterThan(70_000)
  })

  test('opens for the connection as it was given', async () => {
    const { scene, granted, one, stored } = await openWith()
    const item = granted()
    await one(item)
    const [connection] = stored()
    if (connection === undefined) throw new Error('nothing stored')
    expect(await scene.accessToken(connection)).toBe(item.accessToken.reveal())
  })

  test('of no known workspace, or of a host that is not allowed, is refused', async () => {
    const { granted, run, stored } = await openWith()
    const results = await run([granted(ALICE, {}), granted(BOB, { id: '5' as WorkspaceId })])
    expect(results.map(({ status }) => status)).toEqual(['refused', 'refused'])
    expect(stored()).toEqual([])
  })
})

describe('the same again', () => {
  test('makes no second connection: in one file, in two, and in two at once', async () => {
    const { granted, run, stored } = await openWith()
    const twice = [granted(), granted(), granted(BOB)]
    const first = await run(twice)
    expect(first.map(({ status }) => status)).toEqual(['imported', 'updated', 'imported'])
    expect((await run(twice)).map(({ status }) => status)).toEqual(['updated', 'updated', 'updated'])
    const third = granted('carol')
    const both = (await Promise.all([run([third]), run([third])])).flat()
    expect(both.map(({ status }) => status).toSorted()).toEqual(['imported', 'updated'])
    expect(new Set(both.map(({ connectionId }) => connectionId)).size).toBe(1)
    expect(stored()).toHaveLength(3)
  })

  test('never puts the old tokens back over a connection that was refreshed since', async () => {
    for (const mode of ['rotating', 'strict'] as const) {
      const { scene, services, granted, one, stored } = await openWith(mode)
      const item = granted()
      const { connectionId } = (await one(item)) ?? {}
      if (connectionId === undefined) throw new Error('not imported')
      services.clock.advance(120)
      const refreshed = await refreshNow(services, scene.caller, connectionId)
      // Strict: ClickFunnels refuses the imported access token by now. Rotating: it still accepts it.
      expect(await one(item), mode).toMatchObject({ status: 'updated', connectionId })
      expect(stored(), mode).toEqual([refreshed])
    }
  })

  test('changes the tags and the name of a connection that is active, and nothing without need', async () => {
    const { services, granted, one, stored } = await openWith()
    const item = granted()
    await one({ ...item, tags: { plan: 'pro' } })
    const before = stored()[0]
    services.clock.advance(60)
    await one({ ...item, tags: { plan: 'pro' } })
    expect(stored()).toEqual([before])
    await one({ ...item, endUser: { id: ALICE, displayName: 'Alice' }, tags: { plan: 'basic' } })
    expect(stored()[0]).toMatchObject({ endUser: { displayName: 'Alice' }, tags: { plan: 'basic' } })
    expect(stored()[0]?.credential).toEqual(before?.credential)
  })

  test('does not put spent tokens into a connection that needs a new approval', async () => {
    const { scene, services, granted, one, stored } = await openWith()
    const item = granted()
    const { connectionId } = (await one(item)) ?? {}
    if (connectionId === undefined) throw new Error('not imported')
    services.clock.advance(120)
    const refreshed = await refreshNow(services, scene.caller, connectionId)
    const state = { status: 'reauthorization_required', reason: 'grant_refused' } as const
    await services.connections.update({ tenantId: refreshed.tenantId, connectionId }, refreshed, {
      state,
      updatedAt: services.now(),
    })
    const result = await one(item)
    expect(result).toMatchObject({ status: 'refused', connectionId })
    expect(result?.linkSecret).toBeDefined()
    expect(stored()[0]?.credential).toEqual(refreshed.credential)
  })
})

test('a connection that needs a new approval gets the tokens of the item, and its former ones are revoked', async () => {
  const { scene, services, granted, one, stored } = await openWith()
  const before = await scene.connect()
  const ref = { tenantId: before.tenantId, connectionId: before.id }
  const state = { status: 'reauthorization_required', reason: 'grant_refused' } as const
  await services.connections.update(ref, before, { state, updatedAt: services.now() })
  const item = granted()
  expect(await one(item)).toMatchObject({ status: 'updated', connectionId: before.id })
  const [now] = stored()
  expect(now).toMatchObject({ state: { status: 'active' }, generation: 2 })
  expect(now && (await scene.accessToken(now))).toBe(item.accessToken.reveal())
  expect(services.revocations.items.size).toBe(1)
  expect((await events(scene)).at(-1)).toMatchObject({
    type: 'connection.reconnected',
    data: { imported: true },
  })
})

describe('a token that ClickFunnels does not accept', () => {
  test('is dead after two refusals, with a connect link for its end user', async () => {
    const { scene, services, granted, one, stored } = await openWith('non_expiring')
    const item = granted()
    const found = row(scene, item)
    if (found) found.revoked = true
    const result = await one(item)
    expect(result?.status).toBe('dead')
    expect(services.clickfunnels.counts.identify).toBe(2)
    const link = await services.sessions.findLink(sha256(result?.linkSecret?.reveal() ?? ''))
    const session = link && (await services.sessions.get(link.tenantId, link.sessionId))
    expect(session).toMatchObject({ endUser: { id: ALICE }, appId: scene.app.id, returnUrl: RETURN_URL })
    expect(stored()).toEqual([])
  })

  test('is not dead after one refusal', async () => {
    const { services, granted, one } = await openWith()
    services.clickfunnels.script('identify', { outcome: 'rejected' })
    expect(await one(granted())).toMatchObject({ status: 'imported' })
  })

  test('and has expired, with a refresh token that is not tried, is refused', async () => {
    const { scene, services, granted, one } = await openWith()
    const item = { ...granted(), expiresAt: later(services.now(), -1) }
    const found = row(scene, item)
    if (found) found.revoked = true
    expect(await one(item)).toMatchObject({ status: 'refused' })
    expect(services.clickfunnels.counts.refresh).toBe(0)
  })

  test('is unclear if ClickFunnels did not say so', async () => {
    const { services, granted, one, stored } = await openWith()
    services.clickfunnels.always('identify', { outcome: 'unclear', detail: 'status 503' })
    expect(await one(granted())).toMatchObject({ status: 'unclear' })
    expect(stored()).toEqual([])
  })
})

describe('the pace', () => {
  test('pauses after a 429 for as long as ClickFunnels wants, and goes on', async () => {
    const { services, granted, run } = await openWith()
    services.clickfunnels.script('identify', { outcome: 'limited', retryAfterSeconds: 3 })
    const began = services.now()
    const users = Array.from({ length: 20 }, (_, place) => granted(`user-${place}`))
    expect((await run(users)).every(({ status }) => status === 'imported')).toBe(true)
    expect(services.now() - began).toBeGreaterThanOrEqual(3)
  })

  test('does not go beyond the time of the request: what is left is unclear', async () => {
    const { services, granted, run, stored } = await openWith()
    services.clickfunnels.always('identify', { outcome: 'limited' })
    const began = services.now()
    const results = await run(Array.from({ length: 20 }, (_, place) => granted(`user-${place}`)))
    expect(new Set(results.map(({ status }) => status))).toEqual(new Set(['unclear']))
    expect(services.now() - began).toBeLessThan(28)
    expect(stored()).toEqual([])
  })
})

test('a fault of the store makes one item unclear, and the others are imported', async () => {
  const { services, granted, run } = await openWith()
  const create = services.connections.create.bind(services.connections)
  let calls = 0
  services.connections.create = async (...given) => {
    calls += 1
    if (calls === 1) throw new Error('the store is down')
    return create(...given)
  }
  const results = await run([granted(ALICE), granted(BOB)])
  expect(results.map(({ status }) => status).toSorted()).toEqual(['imported', 'unclear'])
  expect(services.log.entries.at(-1)?.level).toBe('error')
})

test('connections beyond the limit are refused, and a malformed item is told what is wrong', async () => {
  const { scene, granted, run, stored } = await openWith()
  const { tenant } = scene.caller
  await scene.services.tenants.update(tenant.id, { limits: { connections: 1 } }, scene.services.now())
  const results = await run([granted(), { malformed: '"access_token" is required.' }, granted(ALICE, OTHER)])
  expect(results.map(({ status }) => status)).toEqual(['imported', 'refused', 'refused'])
  expect(results[1]?.detail).toBe('"access_token" is required.')
  expect(results[2]?.detail).toContain('limit of 1 connections')
  expect(stored()).toHaveLength(1)
})

test('a dry run tells the same and stores nothing: no connection, session, event or audit event', async () => {
  const { scene, services, granted, run, stored } = await openWith()
  const dead = granted(BOB)
  const found = row(scene, dead)
  if (found) found.revoked = true
  const audited = services.auditEvents.items.size
  const results = await run([granted(), granted(), dead], true)
  expect(results.map(({ status }) => status)).toEqual(['imported', 'updated', 'dead'])
  expect(results.map(({ linkSecret }) => linkSecret)).toEqual([undefined, undefined, undefined])
  expect(stored()).toEqual([])
  expect(await events(scene)).toEqual([])
  expect(services.auditEvents.items.size).toBe(audited)
})
