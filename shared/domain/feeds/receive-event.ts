// Receives an event from ClickFunnels: finds the feed, verifies, stores once. Nothing is stored for an unknown ingest id or a
// wrong signature. ClickFunnels repeats an event that it got no 2xx for, so a failure of the store loses nothing.
import type { AppStorePorts } from '../apps/ports.ts'
import { type Feed, feedSecretOf, parseIngestId, type ReceivedEvent } from '../connections/feed.ts'
import { ServiceError } from '../errors.ts'
import { equalSecrets } from '../hash.ts'
import type { ConnectionId } from '../ids.ts'
import { disconnectionIn } from './disconnection.ts'
import { noteReport } from './follow-report.ts'
import type { ReceivePorts } from './ports.ts'
import { MAX_EVENT_BYTES, parseEvent } from './received.ts'
import { isSigned, type SignedRequest } from './signature.ts'

export interface ReceivedRequest extends SignedRequest {
  readonly ingestId: string
}

export interface ReceiptOutcome {
  /** ignored: the event is genuine, but its connection has ended, or the app does not want its type. */
  readonly outcome: 'stored' | 'repeated' | 'ignored'
  readonly feed: Feed
  /** Connections to look at now, because ClickFunnels reports that the app was disconnected. */
  readonly reported: readonly ConnectionId[]
}

/** @throws ServiceError not_found; invalid_credential; request_too_large; malformed_request; validation_failed */
export async function receiveEvent(
  services: ReceivePorts & Pick<AppStorePorts, 'apps'>,
  request: ReceivedRequest,
): Promise<ReceiptOutcome> {
  const feed = await findFeed(services, request.ingestId)
  if (request.body.byteLength > MAX_EVENT_BYTES)
    throw new ServiceError('request_too_large', `The event has more than ${MAX_EVENT_BYTES} bytes.`)
  await verify(services, feed, request)
  const { event, json } = parseEvent(request.body)
  const app = feed.endedAt === undefined ? await services.apps.get(feed.tenantId, feed.appId) : undefined
  if (app === undefined || !isWanted(feed, event)) return { outcome: 'ignored', feed, reported: [] }
  const report = disconnectionIn(event, json, app)
  // Before the event is stored: when ClickFunnels repeats the event after a failure, the note is repeated, too.
  const reported = report === undefined ? [] : await noteReport(services, feed, report)
  const outcome = await services.feeds.receive(feed, event)
  return { outcome: outcome === 'gone' ? 'ignored' : outcome, feed, reported }
}

async function findFeed(services: Pick<ReceivePorts, 'feeds'>, ingestId: string): Promise<Feed> {
  const named = parseIngestId(ingestId)
  const feed = named && (await services.feeds.get(named))
  if (feed === undefined || named === undefined || !equalSecrets(feed.ingestKey, named.ingestKey))
    throw new ServiceError('not_found', 'There is no such ingest id.')
  return feed
}

async function verify(
  services: Pick<ReceivePorts, 'vault' | 'now'>,
  feed: Feed,
  request: SignedRequest,
): Promise<void> {
  const { endpoint } = feed
  const secret = endpoint && (await services.vault.open(feedSecretOf(feed, endpoint.serial), endpoint.secret))
  if (secret !== undefined && isSigned(secret, request, services.now())) return
  throw new ServiceError(
    'invalid_credential',
    'The signature does not match, or the timestamp is more than 10 minutes from the time of this service.',
  )
}

/** Whether the endpoint was created for events of this type. A tenant's own endpoint sends what the tenant chose. */
function isWanted({ endpoint }: Feed, { eventType }: ReceivedEvent): boolean {
  return endpoint?.types === undefined || endpoint.types.includes(eventType)
}
