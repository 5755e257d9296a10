// What the attempts of a run say about their endpoint. One that answers 410 is disabled at once. One that had no success for five
// days is disabled, too. The tenant learns of it by an event, which its other endpoints get.
import type { Ambient } from '../ambient.ts'
import type { EventDraft } from '../events/event.ts'
import { untilUnchanged } from '../repeat.ts'
import { DAY_SECONDS, type EpochSeconds, later } from '../time.ts'
import { type DisabledReason, type Endpoint, refOfEndpoint } from './endpoint.ts'
import type { WebhookPorts } from './ports.ts'

export const FAILING_SECONDS = 5 * DAY_SECONDS
/** The longest pause between two attempts, and some more. Failures that are further apart tell nothing about the time between. */
const RELATED_SECONDS = 30 * 3600
/** A failure is noted at most so often. */
const NOTED_SECONDS = 60

export interface Outcomes {
  readonly succeeded: boolean
  readonly failed: boolean
  readonly gone: boolean
}

export async function noteOutcomes(
  services: Pick<Ambient & WebhookPorts, 'now' | 'log' | 'endpoints'>,
  endpoint: Endpoint,
  outcomes: Outcomes,
): Promise<void> {
  await untilUnchanged(`The webhook endpoint "${endpoint.id}"`, async () => {
    const read = await services.endpoints.get(refOfEndpoint(endpoint))
    if (read === undefined || read.disabled !== undefined) return true
    const changed = afterOutcomes(read, outcomes, services.now())
    if (changed === undefined) return true
    const event = changed.disabled && disabledEvent(changed, changed.disabled.reason)
    if (!(await services.endpoints.save(read, changed, event))) return undefined
    if (changed.disabled)
      services.log.warn('A webhook endpoint was disabled', {
        tenant: read.tenantId,
        endpoint: read.id,
        reason: changed.disabled.reason,
      })
    return true
  })
}

/** The endpoint after a run of attempts; `undefined` if nothing is to be noted. */
export function afterOutcomes(
  read: Endpoint,
  { succeeded, failed, gone }: Outcomes,
  now: EpochSeconds,
): Endpoint | undefined {
  const { failing, ...rest } = read
  const version = read.version + 1
  if (gone) return disable(read, 'gone', now)
  if (succeeded) return failing && { ...rest, version }
  if (!failed) return undefined
  if (failing === undefined || failing.lastAt < later(now, -RELATED_SECONDS))
    return { ...read, failing: { since: now, lastAt: now }, version }
  if (later(failing.since, FAILING_SECONDS) <= now) return disable(read, 'failing', now)
  if (later(failing.lastAt, NOTED_SECONDS) > now) return undefined
  return { ...read, failing: { ...failing, lastAt: now }, version }
}

function disable(read: Endpoint, reason: DisabledReason, at: EpochSeconds): Endpoint {
  const { failing, ...rest } = read
  const eventCount = (read.eventCount ?? 0) + 1
  return { ...rest, disabled: { at, reason }, eventCount, version: read.version + 1, updatedAt: at }
}

function disabledEvent({ id, tenantId, eventCount = 1 }: Endpoint, reason: DisabledReason): EventDraft {
  return {
    tenantId,
    type: 'webhook_endpoint.disabled',
    data: { endpointId: id, sequence: eventCount, reason },
  }
}
