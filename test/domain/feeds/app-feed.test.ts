// The feed of an app: an endpoint that the tenant created itself, with a secret that it gave us.
import { expect, test } from 'vitest'
import { findApp } from '#domain/apps/manage-apps.ts'
import { keepAppSecret } from '#domain/feeds/app-feed.ts'
import type { EndUserId } from '#domain/ids.ts'
import { Secret } from '#domain/secret.ts'
import { connectedFeed, DISCONNECTED, openFeeds } from './feed-scene.ts'

const SECRET = 'a'.repeat(64)
const app = async ({ scene, services }: Awaited<ReturnType<typeof openFeeds>>) =>
  findApp(services, scene.app.tenantId, scene.app.id)

test('needs an events URL first, which the app has once it wants events', async () => {
  const feeds = await openFeeds(null)
  const kept = keepAppSecret(feeds.services, await app(feeds), new Secret(SECRET))
  await expect(kept).rejects.toMatchObject({ code: 'validation_failed' })
  await feeds.want([])
  await keepAppSecret(feeds.services, await app(feeds), new Secret(SECRET))
  expect(await feeds.feed(feeds.scene.app.id)).toMatchObject({ endpoint: { serial: 1 } })
})

test('takes events of every type that the tenant chose, signed with the secret, once, and about the app', async () => {
  const feeds = await openFeeds()
  const { id } = feeds.scene.app
  await keepAppSecret(feeds.services, await app(feeds), new Secret(SECRET))
  const event = { event_id: 'one', event_type: 'course.created' }
  expect((await feeds.deliver(id, SECRET, event)).outcome).toBe('stored')
  expect((await feeds.deliver(id, SECRET, event)).outcome).toBe('repeated')
  await expect(feeds.deliver(id, 'b'.repeat(64), event)).rejects.toMatchObject({ code: 'invalid_credential' })
  expect(await feeds.told()).toEqual(['clickfunnels.course.created one'])
})

test('a new secret replaces the former one', async () => {
  const feeds = await openFeeds()
  const { id } = feeds.scene.app
  await keepAppSecret(feeds.services, await app(feeds), new Secret(SECRET))
  await keepAppSecret(feeds.services, await app(feeds), new Secret('b'.repeat(64)))
  expect(JSON.stringify(await feeds.feed(id))).not.toContain('b'.repeat(64))
  await expect(feeds.deliver(id, SECRET, {})).rejects.toMatchObject({ code: 'invalid_credential' })
  expect((await feeds.deliver(id, 'b'.repeat(64), {})).outcome).toBe('stored')
})

test('a report of a disconnection is noted with the connections of the app to that workspace, and with no other', async () => {
  const { feeds, connection } = await connectedFeed()
  const { services, scene } = feeds
  const workspace = { ...connection.workspace, id: '99999' as never }
  const elsewhere = await feeds.connect({ endUser: { id: 'bob' as EndUserId } }, workspace)
  await keepAppSecret(services, await app(feeds), new Secret(SECRET))
  const report = (uid: string) =>
    feeds.deliver(scene.app.id, SECRET, {
      ...{ event_id: `report-${uid}`, event_type: DISCONNECTED, workspace_id: connection.workspace.id },
      data: { uid },
    })
  expect((await report('another-application')).reported).toEqual([])
  expect((await report(scene.app.clientId)).reported).toEqual([connection.id])
  expect(await scene.stored(connection)).toMatchObject({ disconnectReportedAt: services.now() })
  expect(await scene.stored(elsewhere)).not.toHaveProperty('disconnectReportedAt')
})
