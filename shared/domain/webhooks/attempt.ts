// One attempt: whether the delivery's turn has come, the claim, the signed request, and what follows from the answer.
import type { Ambient } from '../ambient.ts'
import type { TenantEvent } from '../events/event.ts'
import { later } from '../time.ts'
import { isSuccess, pauseAfter } from './attempts.ts'
import { type Attempt, changedTo, type Delivery, type DeliveryFailure, withAttempt } from './delivery.ts'
import { type Endpoint, refOfEndpoint } from './endpoint.ts'
import type { WebhookAnswer, WebhookPorts } from './ports.ts'
import { signingSecrets } from './secret.ts'
import { signedHeaders } from './signature.ts'

export const ATTEMPT_SECONDS = 15
/** More than an attempt and its writes take. */
const CLAIM_SECONDS = 30
/** A delivery holds up those after it in its line for so long. After that, the endpoint orders events by their sequence. */
export const HOLD_SECONDS = 3600
/** How often a delivery that waits for another one looks again, if nothing wakes it. */
const LOOK_SECONDS = 300

export type AttemptPorts = Pick<
  Ambient & WebhookPorts,
  'now' | 'chance' | 'log' | 'deliveries' | 'eventLog' | 'secretOpener' | 'webhookClient' | 'bodyOf'
>

/**
 * succeeded, failed, gone: an attempt was made. ended: none is made any more. waiting: its turn has not come, or another process
 * works on it.
 */
export type AttemptOutcome =
  | { readonly kind: 'succeeded' | 'gone' | 'ended' | 'waiting' }
  | { readonly kind: 'failed'; readonly pauseSeconds?: number }

export async function attempt(
  services: AttemptPorts,
  endpoint: Endpoint | undefined,
  read: Delivery,
): Promise<AttemptOutcome> {
  const now = services.now()
  if (read.status !== 'waiting') return { kind: 'ended' }
  if ((read.nextAt ?? now) > now || (read.claimedUntil ?? 0) > now) return { kind: 'waiting' }
  if (endpoint === undefined) return end(services, read, 'endpoint_deleted')
  if (endpoint.disabled !== undefined && !read.test) return end(services, read, 'endpoint_disabled')
  const before = read.alone ? undefined : await services.deliveries.previous(read)
  const freeAt = before === undefined ? now : later(before, HOLD_SECONDS)
  if (freeAt > now) {
    const nextAt = later(now, Math.min(freeAt - now, LOOK_SECONDS))
    await services.deliveries.save(read, changedTo(read, { nextAt }))
    return { kind: 'waiting' }
  }
  const event = await eventOf(services, read)
  if (event === undefined) return end(services, read, 'event_expired')
  const claimedUntil = later(now, CLAIM_SECONDS)
  const claimed = changedTo(read, { nextAt: claimedUntil, claimedUntil })
  if (!(await services.deliveries.save(read, claimed))) return { kind: 'waiting' }
  const answer = await post(services, endpoint, event.id, services.bodyOf(event))
  return settle(services, claimed, answer)
}

/** From the log; a test has its own. */
async function eventOf(
  { eventLog }: AttemptPorts,
  { tenantId, event, test }: Delivery,
): Promise<TenantEvent | undefined> {
  if (test !== undefined) return test
  const [logged] = await eventLog.after(tenantId, event.position - 1, 1)
  return logged?.id === event.id ? logged : undefined
}

async function post(
  services: AttemptPorts,
  endpoint: Endpoint,
  id: string,
  body: string,
): Promise<WebhookAnswer> {
  const timestamp = services.now()
  const secrets = await Promise.all(
    signingSecrets(endpoint.secrets, timestamp).map(({ serial, wrapped }) =>
      services.secretOpener.open({ ...refOfEndpoint(endpoint), serial }, wrapped),
    ),
  )
  return services.webhookClient.post({
    url: endpoint.url,
    headers: { 'content-type': 'application/json', ...signedHeaders({ id, timestamp, body }, secrets) },
    body,
    deadlineMilliseconds: ATTEMPT_SECONDS * 1000,
  })
}

async function settle(
  services: AttemptPorts,
  claimed: Delivery,
  answered: WebhookAnswer,
): Promise<AttemptOutcome> {
  const { status, fault, milliseconds, answer } = answered
  const now = services.now()
  const made: Attempt = {
    at: now,
    milliseconds,
    ...(status !== undefined && { status }),
    ...(fault && { fault }),
    ...(answer && { answer }),
  }
  const tries = claimed.tries + 1
  const noted = { attempts: withAttempt(claimed, made), tries }
  const { tenantId: tenant, endpointId, id, event } = claimed
  const line = {
    tenant,
    endpoint: endpointId,
    delivery: id,
    event: event.id,
    tries,
    status,
    fault,
    milliseconds,
  }
  services.log.info('Webhook', line)
  const save = (change: Partial<Delivery>) =>
    services.deliveries.save(claimed, changedTo(claimed, { ...noted, ...change }))
  if (isSuccess(status)) {
    await save({ status: 'delivered' })
    // A test says nothing about how events arrive.
    return { kind: claimed.test ? 'ended' : 'succeeded' }
  }
  if (claimed.test) return end(services, { ...claimed, ...noted }, 'exhausted')
  if (status === 410) {
    await save({ status: 'failed', failure: 'gone' })
    return { kind: 'gone' }
  }
  const pauseSeconds = pauseAfter(tries, answered, services.chance(), now)
  if (pauseSeconds === undefined) await save({ status: 'failed', failure: 'exhausted' })
  else await save({ nextAt: later(now, pauseSeconds) })
  return { kind: 'failed', ...(pauseSeconds !== undefined && { pauseSeconds }) }
}

async function end(
  { deliveries }: AttemptPorts,
  read: Delivery,
  failure: DeliveryFailure,
): Promise<AttemptOutcome> {
  await deliveries.save(read, changedTo(read, { status: 'failed', failure }))
  return { kind: 'ended' }
}
