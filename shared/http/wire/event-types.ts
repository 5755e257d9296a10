// The types of events on the wire: those of an event, and those that a reader or a webhook endpoint asks for.
import * as z from 'zod/mini'
import { OWN_EVENT_TYPES } from '#domain/events/event-types.ts'

/** Our own types, and any that ClickFunnels has: its list is open. */
export const eventType = z.union([
  z.enum(OWN_EVENT_TYPES),
  z.string().check(z.regex(/^clickfunnels\.[\w.-]{1,100}$/)),
])

/** All events of ClickFunnels, in a filter. */
const ANY_OF_CLICKFUNNELS = z.literal('clickfunnels.*')

export const MAX_TYPES = 50

export const wantedType = z.union([eventType, ANY_OF_CLICKFUNNELS])

/** The types that a webhook endpoint asks for. */
export const wantedTypes = z.array(wantedType).check(z.minLength(1), z.maxLength(MAX_TYPES))
