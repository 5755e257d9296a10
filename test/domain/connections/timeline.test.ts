// The timeline of a connection, told: what happened, why, how long it took and who did it.
import { expect, test } from 'vitest'
import type { Connection } from '#domain/connections/connection.ts'
import { readTimeline } from '#domain/connections/read-timeline.ts'
import { sentenceOf } from '#domain/connections/tell.ts'
import { expiryAt, type WorkEntry } from '#domain/connections/timeline.ts'
import { replaceRejected } from '#domain/tokens/await-refresh.ts'
import { disconnect } from '#domain/tokens/disconnect.ts'
import { usableToken } from '#domain/tokens/fresh-token.ts'
import { probeConnection } from '#domain/tokens/probe.ts'
import { refreshConnection } from '#domain/tokens/refresh.ts'
import { ALICE, BOB, openScene, type Scene } from '../../fakes/scene.ts'

const refOf = ({ tenantId, id }: Connection) => ({ tenantId, connectionId: id })

async function story({ services }: Scene, connection: Connection): Promise<string[]> {
  await services.background.settled()
  return (await readTimeline(services, refOf(connection))).map(sentenceOf)
}

test('tells of refreshes with their cause and duration, newest first', async () => {
  const scene = await openScene()
  const { services } = scene
  services.clickfunnels.tokens.mode = 'rotating'
  const connection = await scene.connect()
  services.clock.advance(1)
  services.clickfunnels.script('refresh', { outcome: 'provider_down', detail: 'status 503', status: 503 })
  await refreshConnection(services, await scene.stored(connection))
  services.clock.advance(3600)
  await refreshConnection(services, await scene.stored(connection), 'call')
  expect(await story(scene, connection)).toEqual([
    'The service refreshed the tokens for a call in less than a second.',
    'A refresh failed (provider_down, status 503) after less than a second. The connection keeps its tokens.',
    'The end user connected the workspace.',
  ])
})

test('tells that a call was answered with 401, and what ClickFunnels said then', async () => {
  const scene = await openScene()
  const { services } = scene
  services.clickfunnels.tokens.mode = 'rotating'
  const connection = await scene.connect()
  const { connection: served } = await usableToken(services, refOf(connection))
  services.clickfunnels.script('refresh', { outcome: 'grant_refused', error: 'invalid_grant', status: 400 })
  await replaceRejected(services, served).catch(() => undefined)
  // The event and the entry of the refresh are of the same millisecond here.
  expect((await story(scene, connection)).toSorted()).toEqual([
    'ClickFunnels answered a call with 401. ClickFunnels refused the refresh token (invalid_grant, status 400).',
    'The connection is at risk: ClickFunnels refuses the refresh token.',
    'The end user connected the workspace.',
  ])
})

test('adds nothing for calls with a token that works', async () => {
  const scene = await openScene()
  const connection = await scene.connect()
  const before = scene.services.timeline.items.size
  for (let call = 0; call < 5; call++) await usableToken(scene.services, refOf(connection))
  await scene.services.background.settled()
  expect(scene.services.timeline.items.size).toBe(before)
})

test('tells of probes', async () => {
  const scene = await openScene()
  const { services } = scene
  services.clickfunnels.tokens.mode = 'non_expiring'
  const connection = await scene.connect()
  services.clock.advance(1)
  await probeConnection(services, await scene.stored(connection))
  services.clock.advance(1)
  services.clickfunnels.script('probe', { outcome: 'unclear', detail: 'status 500' })
  await probeConnection(services, await scene.stored(connection), 'refused_call')
  expect((await story(scene, connection)).slice(0, 2)).toEqual([
    'ClickFunnels answered a call with 401. ClickFunnels did not say whether it accepts the access token.',
    'The service asked ClickFunnels, which accepts the access token.',
  ])
})

test('an event and the audit event of the same act are one entry, which says who did it', async () => {
  const scene = await openScene()
  const { services, caller, app } = scene
  const connection = await scene.connect()
  await disconnect(services, caller, connection.id)
  services.clock.advance(8)
  const actor = { kind: 'operator', id: 'arn:aws:iam::1:user/x' } as const
  const resource = { type: 'connection', id: connection.id } as const
  await services.audit.note({
    tenantId: app.tenantId,
    action: 'connection.delete',
    actor,
    resource,
    result: 'ok',
  })
  const entries = await readTimeline(services, refOf(connection))
  const codes = entries.map((entry) => [entry.kind, 'actor' in entry && entry.actor?.kind].join(' '))
  // The service revoked the tokens at once.
  expect(codes.toSorted()).toEqual(['audit service', 'event browser', 'event operator'])
})

test('is read by the own end user and by an API key; after the deletion by an API key only', async () => {
  const scene = await openScene()
  const { services, caller } = scene
  const connection = await scene.connect()
  const reach = { ...refOf(connection), endUserId: ALICE }
  expect(await readTimeline(services, reach)).toHaveLength(1)
  const hidden = { code: 'not_found' }
  await expect(readTimeline(services, { ...reach, endUserId: BOB })).rejects.toMatchObject(hidden)
  await disconnect(services, caller, connection.id)
  await expect(readTimeline(services, reach)).rejects.toMatchObject(hidden)
  expect((await readTimeline(services, refOf(connection))).length).toBeGreaterThan(1)
  const missing = { ...refOf(connection), connectionId: services.newId('connection') }
  await expect(readTimeline(services, missing)).rejects.toMatchObject(hidden)
})

test('a store that does not take an entry fails no refresh', async () => {
  const scene = await openScene()
  const { services } = scene
  services.clickfunnels.tokens.mode = 'rotating'
  const connection = await scene.connect()
  const add = async () => Promise.reject(new Error('down'))
  const timeline = { add, newest: services.timeline.newest }
  const broken = { ...services, timeline }
  const { outcome } = await refreshConnection(broken, await scene.stored(connection))
  expect(outcome).toBe('refreshed')
  await services.background.settled()
  expect((await scene.stored(connection)).generation).toBe(2)
})

test('is cut off at 200 entries', async () => {
  const scene = await openScene()
  const connection = await scene.connect()
  const at = scene.services.now()
  for (let count = 0; count < 250; count++) {
    const id = scene.services.newId('timelineEntry')
    const entry = { kind: 'work', id, ...refOf(connection), at, expiresAt: expiryAt(at) } as const
    const work = { code: 'tokens.refreshed', what: 'refresh', cause: 'call', seconds: 2 } as const
    await scene.services.timeline.add({ ...entry, work } satisfies WorkEntry)
  }
  expect(await readTimeline(scene.services, refOf(connection), 500)).toHaveLength(200)
  expect(await readTimeline(scene.services, refOf(connection), 3)).toHaveLength(3)
})
