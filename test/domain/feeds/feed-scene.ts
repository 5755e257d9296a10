// A tenant whose app wants events of ClickFunnels, for the tests of feeds.
import { createHmac } from 'node:crypto'
import { updateApp } from '#domain/apps/manage-apps.ts'
import type { Connection } from '#domain/connections/connection.ts'
import { type Feed, type FeedOwner, ingestUrl } from '#domain/connections/feed.ts'
import { readLog } from '#domain/events/list-events.ts'
import { publishEvents } from '#domain/events/publish-events.ts'
import { receiveEvent } from '#domain/feeds/receive-event.ts'
import { openScene, type Scene } from '../../fakes/scene.ts'
import type { FakeApps } from '../../fakes/tenants.ts'
import { run } from '../keep-alive/keep-alive-runs.ts'

export const TYPE = 'contact.identified'
export const DISCONNECTED = 'platform_application.disconnected'
/** A feed is looked at every hour, give or take a quarter. */
export const AN_HOUR_SECONDS = 3600 * 1.25
export const A_DAY_SECONDS = 86_400 * 1.25

export class FeedScene {
  readonly scene: Scene

  constructor(scene: Scene) {
    this.scene = scene
  }

  get services() {
    return this.scene.services
  }

  /** The operator says which events the app wants. */
  want(eventTypes: readonly string[] | null) {
    const { tenantId, id } = this.scene.app
    return updateApp(this.services, tenantId, id, { eventTypes })
  }

  /** An end user connects. The endpoint is created in the background. */
  async connect(...of: Parameters<Scene['connect']>): Promise<Connection> {
    const connection = await this.scene.connect(...of)
    await this.services.background.settled()
    return connection
  }

  /** The app disappears, without a regard for what is left. */
  loseApp(): void {
    const { tenantId, id } = this.scene.app
    const apps = this.services.apps as FakeApps
    apps.items.delete(`${tenantId}/${id}`)
  }

  async feed(owner: FeedOwner): Promise<Feed | undefined> {
    return this.services.feeds.get({ tenantId: this.scene.app.tenantId, owner })
  }

  /** The endpoints at ClickFunnels with the feed's URL. */
  async endpoints(owner: FeedOwner) {
    const feed = await this.feed(owner)
    const url = feed && ingestUrl(this.services.publicUrl, feed)
    return this.services.webhookEndpoints.endpoints.filter((endpoint) => endpoint.url === url)
  }

  /** Time passes, and the schedule runs. */
  async later(seconds: number): Promise<void> {
    this.services.clock.advance(seconds)
    await run(this.services)
  }

  /** What the tenant was told, but for "created". */
  async told(): Promise<string[]> {
    const { tenantId } = this.scene.app
    await publishEvents(this.services, tenantId)
    const { events } = await readLog(this.services, tenantId, { filter: {}, limit: 100, after: 0 })
    return events
      .map(({ type, data }) => [type, data.reason ?? data.eventId].filter(Boolean).join(' '))
      .filter((told) => told !== 'connection.created')
  }

  /** ClickFunnels delivers an event to a feed. */
  async deliver(owner: FeedOwner, secret: string, body: object) {
    const feed = await this.feed(owner)
    if (feed === undefined) throw new Error('no feed')
    const text = JSON.stringify({ event_id: 'event-1', event_type: TYPE, ...body })
    const timestamp = String(this.services.now())
    const signature = createHmac('sha256', secret).update(`${timestamp}.${text}`).digest('hex')
    const ingestId = ingestUrl('', feed).split('/').at(-1) ?? ''
    return receiveEvent(this.services, { ingestId, timestamp, signature, body: Buffer.from(text) })
  }
}

export async function openFeeds(types: readonly string[] | null = [TYPE]): Promise<FeedScene> {
  const scene = new FeedScene(await openScene())
  scene.services.clickfunnels.tokens.mode = 'non_expiring'
  if (types) await scene.want(types)
  return scene
}

/** A connection whose feed has an endpoint. */
export async function connectedFeed(): Promise<{ feeds: FeedScene; connection: Connection }> {
  const feeds = await openFeeds()
  return { feeds, connection: await feeds.connect() }
}
