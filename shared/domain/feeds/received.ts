// An event of ClickFunnels as far as this service reads it: its id and its type. Everything else is passed on as it came.
import type { ReceivedEvent } from '../connections/feed.ts'
import { ServiceError } from '../errors.ts'

/** Larger than any event that ClickFunnels documents, and small enough for 40 of them in one transaction. */
export const MAX_EVENT_BYTES = 64 * 1024

type Json = Readonly<Record<string, unknown>>

/** @throws ServiceError malformed_request; validation_failed */
export function parseEvent(body: Uint8Array): { readonly event: ReceivedEvent; readonly json: Json } {
  let text: string
  let json: unknown
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body)
    json = JSON.parse(text)
  } catch {
    throw new ServiceError('malformed_request', 'The event is not valid JSON in UTF-8.')
  }
  const members = (typeof json === 'object' && json !== null ? json : {}) as Json
  const event = { eventId: members.event_id, eventType: members.event_type, body: text }
  if (isEvent(event)) return { event, json: members }
  throw new ServiceError('validation_failed', 'The event has no usable "event_id" and "event_type".')
}

/** Whether an event can be stored: its id becomes a part of a key, its type a part of a name. */
export function isEvent<T extends { readonly eventId: unknown; readonly eventType: unknown }>(
  event: T,
): event is T & { readonly eventId: string; readonly eventType: string } {
  const { eventId, eventType } = event
  const isId = typeof eventId === 'string' && /^[\w-]{1,100}$/.test(eventId)
  return isId && typeof eventType === 'string' && /^[\w.-]{1,100}$/.test(eventType)
}
