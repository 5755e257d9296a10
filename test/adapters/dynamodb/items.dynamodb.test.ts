// The items of the table: no secret in clear, a TTL where an item expires, and no entry in an index without need.
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  connectionKey,
  connectLinkKey,
  connectSessionKey,
  DUE_INDEX,
  END_USER_INDEX,
  stateKey,
  TTL_ATTRIBUTE,
  tenantKey,
} from '#adapters/dynamodb/schema.ts'
import { later } from '#domain/time.ts'
import { disconnect } from '#domain/tokens/disconnect.ts'
import { refreshConnection } from '#domain/tokens/refresh.ts'
import {
  aConnection,
  aLink,
  aPending,
  aSession,
  aTenant,
  NOW,
  newId,
  refOf,
} from '../../contracts/samples.ts'
import { readable } from '../../fakes/readable.ts'
import { openScene } from '../../fakes/scene.ts'
import { type Backend, type Keys, openBackend, openKeys } from '../backend.ts'

let backend: Backend
let keys: Keys
beforeAll(async () => {
  ;[backend, keys] = await Promise.all([openBackend(), openKeys()])
})
afterAll(() => Promise.all([backend.close(), keys.close()]))

test('no token, code, state, link or client secret is stored in clear on a whole journey', async () => {
  const scene = await openScene({ ...backend.stores, vault: keys.vault(backend.table) })
  const { clickfunnels } = scene.services
  const seen: string[] = []
  const look = async () => seen.push(readable(await backend.items()))
  clickfunnels.tokens.mode = 'rotating'
  clickfunnels.always('revoke', 'failed')

  const { linkSecret } = await scene.start()
  const journey = await scene.leave()
  await look()
  const { code, state } = clickfunnels.approve(journey.location)
  await scene.comeBack(journey)
  await look()
  const connection = await scene.connect()
  await refreshConnection(scene.services, connection)
  await look()
  await disconnect(scene.services, scene.caller, connection.id)
  await look()

  const secrets = [
    code,
    state,
    linkSecret.reveal(),
    journey.linkSecret,
    'client-secret-1',
    ...journey.cookies.values(),
    ...clickfunnels.tokens.rows.flatMap(({ accessToken, refreshToken }) => [
      accessToken,
      refreshToken ?? '-',
    ]),
  ].filter((secret) => secret !== '-')
  expect(secrets.length).toBeGreaterThan(8)
  expect(seen[0]).toContain(scene.app.id)
  for (const secret of secrets) {
    for (const text of seen) expect(text.includes(secret)).toBe(false)
    expect(scene.services.log.text().includes(secret)).toBe(false)
  }
})

test('links and states expire at their own time, sessions a week after their current state', async () => {
  const { sessions } = backend.stores
  const session = aSession(newId('tenant'))
  const link = aLink(session)
  const pending = aPending(session)
  const week = 7 * 24 * 3600
  const sessionTtl = async () =>
    (await backend.item(connectSessionKey(session.tenantId, session.id)))?.[TTL_ATTRIBUTE]
  await sessions.create(session, link)
  expect(await sessionTtl()).toBe(session.expiresAt + week)
  expect((await backend.item(connectLinkKey(link.secretHash)))?.[TTL_ATTRIBUTE]).toBe(link.expiresAt)
  await sessions.begin(link, pending)
  expect((await backend.item(stateKey(pending.stateHash)))?.[TTL_ATTRIBUTE]).toBe(pending.expiresAt)
  await sessions.move(session, 'authorizing', { status: 'denied', error: 'access_denied' }, later(NOW, 5000))
  expect(await sessionTtl()).toBe(NOW + 5000 + week)
})

test('tenants and connections have no TTL', async () => {
  const tenant = aTenant()
  const connection = aConnection(tenant.id)
  await backend.stores.tenants.create(tenant)
  await backend.stores.connections.create(connection)
  for (const key of [tenantKey(tenant.id), connectionKey(tenant.id, connection.id)]) {
    expect(await backend.item(key)).not.toHaveProperty(TTL_ATTRIBUTE)
  }
})

test('the due index holds only items with a due time, and of those only keys and app', async () => {
  const { connections } = backend.stores
  const { dueAt: _, ...idle } = aConnection(newId('tenant'))
  const busy = aConnection(idle.tenantId)
  await connections.create(idle)
  await connections.create(busy)
  const mine = async () => {
    const entries = await backend.items(DUE_INDEX.name)
    // Events that wait in the outbox are in it, too.
    return entries.filter(
      ({ pk, sk }) => pk === connectionKey(idle.tenantId, idle.id).pk && !String(sk).startsWith('outbox#'),
    )
  }
  expect((await mine()).map(({ sk }) => sk)).toEqual([connectionKey(busy.tenantId, busy.id).sk])
  expect(Object.keys((await mine())[0] ?? {}).sort()).toEqual(['appId', 'dueAt', 'dueShard', 'pk', 'sk'])
  await connections.update(refOf(busy), { generation: 1 }, { dueAt: null, updatedAt: NOW })
  expect(await mine()).toEqual([])
})

test('a refresh does not write to the index of end users', async () => {
  const { connections } = backend.stores
  const connection = aConnection(newId('tenant'))
  await connections.create(connection)
  const entry = async () => {
    const entries = await backend.items(END_USER_INDEX.name)
    return entries.filter(({ sk }) => sk === connectionKey(connection.tenantId, connection.id).sk)
  }
  const before = await entry()
  expect(before.map(Object.keys)).toEqual([expect.arrayContaining(['pk', 'sk', 'endUserKey'])])
  expect(Object.keys(before[0] ?? {})).toHaveLength(3)
  const change = { generation: 2, consecutiveFailures: 1, dueAt: later(NOW, 9), updatedAt: NOW }
  await connections.update(refOf(connection), { generation: 1 }, change)
  expect(await entry()).toEqual(before)
})

test('more items than DynamoDB gives in one call are all read', async () => {
  const tenants = Array.from({ length: 230 }, () => aTenant())
  await Promise.all(tenants.map((tenant) => backend.stores.tenants.create(tenant)))
  const missing = tenantKey(newId('tenant'))
  const found = await backend.table.getMany([...tenants.map(({ id }) => tenantKey(id)), missing])
  expect(new Set(found.map(({ id }) => id))).toEqual(new Set(tenants.map(({ id }) => id)))
  expect(await backend.table.getMany([])).toEqual([])
})
