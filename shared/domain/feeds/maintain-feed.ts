// The work on a feed that is due: the endpoint at ClickFunnels is created, changed or deleted as the app wants, and events that
// were not delivered are fetched. One process works on a feed at a time, because each write depends on the version that was read.
//
//   new ─▶ begun (stored before the request) ─▶ created, with its secret ─▶ every hour: types, repair
//            └─ the answer is lost: the next run deletes what has our URL, and creates again
//
// So a creation is never repeated without looking for the one before.
import { namesOf } from '../ambient.ts'
import type { App } from '../apps/app.ts'
import { type Feed, type FeedEndpoint, feedSecretOf, ingestUrl } from '../connections/feed.ts'
import type { ConnectionId } from '../ids.ts'
import type { NotDone, WorkspaceAccess } from '../provider/webhook-endpoints.ts'
import { removeEndpoints } from '../revocation/end-feed.ts'
import type { Secret } from '../secret.ts'
import { DAY_SECONDS, type EpochSeconds, later } from '../time.ts'
import { DISCONNECTED } from './disconnection.ts'
import type { FeedPorts } from './ports.ts'
import { repairFeed } from './repair-feed.ts'

/** More than a run of work takes. */
const CLAIM_SECONDS = 120
export const REPAIR_SECONDS = 3600
const RETRY_SECONDS = 300

export type FeedOutcome = 'maintained' | 'refused' | 'failed' | 'busy' | 'ended'

/** The event types that an app wants, and the one that tells that it was disconnected. */
export function wantedTypes({ eventTypes }: Pick<App, 'eventTypes'>): readonly string[] | undefined {
  return eventTypes && [...new Set([...eventTypes, DISCONNECTED])]
}

/** @param accessToken of the feed's connection: one that works */
export async function maintainFeed(
  services: FeedPorts,
  app: App,
  read: Feed,
  accessToken: Secret,
): Promise<FeedOutcome> {
  const types = wantedTypes(app)
  const claimed = await claim(services, read, types !== undefined && read.endpoint === undefined)
  if (claimed === undefined) return 'busy'
  const connectionId = read.owner as ConnectionId
  // After the claim: a disconnection removes the connection first, and then ends the feed when no process works on it.
  const connection = await services.connections.get({ tenantId: read.tenantId, connectionId })
  if (connection === undefined) return 'ended'
  const access = { connection: connectionId, workspace: connection.workspace, accessToken }
  if (types === undefined) return endUnwanted(services, claimed, access)
  const made = await endpointFor(services, claimed, read.begun === true, access, types)
  if ('outcome' in made) return postpone(services, claimed, made)
  // What ClickFunnels has from before the endpoint is not repaired.
  const isNew = made.serial !== read.endpoint?.serial && read.cursor === undefined
  const cursor = isNew
    ? await services.webhookEndpoints.newestEvent(access)
    : await repairFeed(services, { ...claimed, endpoint: made }, access, types)
  const { begun, refused, ...rest } = claimed
  const changed = settled(services, { ...rest, endpoint: made, ...(cursor && { cursor }) }, REPAIR_SECONDS)
  await services.feeds.save(claimed, changed, refused && 'connection.recovered')
  return 'maintained'
}

async function claim(services: FeedPorts, read: Feed, begins: boolean): Promise<Feed | undefined> {
  const now = services.now()
  if (read.endedAt !== undefined || (read.claimedUntil ?? 0) > now) return undefined
  const claimedUntil = later(now, CLAIM_SECONDS)
  const version = read.version + 1
  const claimed: Feed = {
    ...read,
    version,
    claimedUntil,
    dueAt: claimedUntil,
    ...(begins && { begun: true }),
  }
  return (await services.feeds.save(read, claimed)) ? claimed : undefined
}

async function endpointFor(
  services: FeedPorts,
  feed: Feed,
  wasBegun: boolean,
  access: WorkspaceAccess,
  types: readonly string[],
): Promise<FeedEndpoint | NotDone> {
  const { endpoint } = feed
  if (endpoint?.id !== undefined) {
    if (sameTypes(endpoint.types, types)) return endpoint
    const changed = await services.webhookEndpoints.change(access, endpoint.id, types)
    if (changed.outcome === 'changed') return { ...endpoint, types }
    if (changed.outcome !== 'gone') return changed
  }
  return createEndpoint(services, feed, wasBegun, access, types)
}

async function createEndpoint(
  services: FeedPorts,
  feed: Feed,
  wasBegun: boolean,
  access: WorkspaceAccess,
  types: readonly string[],
): Promise<FeedEndpoint | NotDone> {
  const url = ingestUrl(services.publicUrl, feed)
  // Before the request: after it, no fault of the keys may lose the secret.
  const sealer = await services.vault.sealer(feed.tenantId)
  if (wasBegun) {
    const removed = await removeEndpoints(services, access, url)
    if (removed !== undefined) return removed
  }
  const created = await services.webhookEndpoints.create(access, { url, types })
  if (created.outcome !== 'created') return created
  const serial = (feed.endpoint?.serial ?? 0) + 1
  return { id: created.id, serial, secret: sealer(feedSecretOf(feed, serial), created.secret), types }
}

/** The app wants no events any more. */
async function endUnwanted(services: FeedPorts, feed: Feed, access: WorkspaceAccess): Promise<FeedOutcome> {
  const failure = await removeEndpoints(services, access, ingestUrl(services.publicUrl, feed))
  if (failure !== undefined) return postpone(services, feed, failure)
  const { dueAt, claimedUntil, begun, refused, ...rest } = feed
  await services.feeds.save(feed, { ...rest, version: feed.version + 1, endedAt: services.now() })
  const connectionId = feed.owner as ConnectionId
  const connection = await services.connections.get({ tenantId: feed.tenantId, connectionId })
  if (connection !== undefined) {
    const { tenantId, generation, updatedAt } = connection
    await services.connections.update({ tenantId, connectionId }, { generation }, { feed: null, updatedAt })
  }
  return 'ended'
}

/** A token that may not manage endpoints is tried again daily; the tenant is told once. */
async function postpone(services: FeedPorts, feed: Feed, { outcome, detail }: NotDone): Promise<FeedOutcome> {
  services.log.warn('The feed of a connection was not maintained', {
    ...namesOf('feed', { ...feed, id: feed.owner }),
    outcome,
    detail,
  })
  const isRefused = outcome === 'refused'
  const seconds = isRefused ? DAY_SECONDS : outcome === 'rejected' ? REPAIR_SECONDS : RETRY_SECONDS
  const changed = settled(services, { ...feed, ...(isRefused && { refused: true }) }, seconds)
  const isNews = isRefused && feed.refused === undefined
  await services.feeds.save(feed, changed, isNews ? 'connection.at_risk' : undefined)
  return isRefused ? 'refused' : 'failed'
}

/** Gives the claim back, and makes the feed due again after one to one and a quarter times the seconds. */
function settled(services: FeedPorts, { claimedUntil, ...feed }: Feed, seconds: number): Feed {
  const dueAt: EpochSeconds = later(services.now(), seconds * (1 + services.chance() / 4))
  return { ...feed, version: feed.version + 1, dueAt }
}

function sameTypes(one: readonly string[] | undefined, other: readonly string[]): boolean {
  return one?.length === other.length && other.every((type) => one.includes(type))
}
