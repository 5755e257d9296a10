// The events of connections, held against the connections themselves: each transition that is stored has exactly one event, and no
// event tells of a transition that was not stored.
import { unmarshall } from '@aws-sdk/util-dynamodb'
import { prefixOf } from '#adapters/dynamodb/schema.ts'
import type { Followed } from '../follower.ts'
import type { World } from '../world/world.ts'
import { Violation } from './violation.ts'

interface Told {
  readonly type: string
  readonly data: { readonly connectionId?: string; readonly sequence: number }
}
interface Stored {
  readonly id: string
  readonly eventCount?: number
  readonly suspendedAt?: number
  readonly alert?: { readonly kind: string }
}

type Attributes = Parameters<typeof unmarshall>[0]

/** @throws Violation */
export function checkEvents(world: World): void {
  const told = new Map<string, Told[]>()
  const connections = new Map<string, Stored>()
  for (const table of world.dynamodb.tables.values()) {
    for (const { item } of table.rows.values()) {
      const [partition, sort] = [item.pk?.S ?? '', item.sk?.S ?? '']
      if (sort.startsWith('connection#')) {
        const stored = unmarshall(item as Attributes) as Stored
        connections.set(stored.id, stored)
      } else if (sort.startsWith('outbox#') || (partition.startsWith('events#') && sort !== 'last')) {
        const event = unmarshall(item as Attributes) as Told
        const { connectionId } = event.data
        if (connectionId) told.set(connectionId, [...(told.get(connectionId) ?? []), event])
      }
    }
  }
  for (const id of connections.keys()) if (!told.has(id)) throw new Violation('I11', `${id} has no event`)
  for (const [id, events] of told) checkStory(id, events, connections.get(id))
}

/**
 * The log has all events and the outbox none, and who followed the log by its cursor has seen each of them once, in its order.
 * @throws Violation
 */
export function checkFollower(world: World, seen: readonly Followed[]): void {
  const items = [...world.dynamodb.tables.values()].flatMap(({ rows }) => [...rows.values()])
  const keys = items.map(({ item }) => ({ pk: item.pk?.S ?? '', sk: item.sk?.S ?? '', id: item.id?.S ?? '' }))
  const left = keys.filter(({ sk }) => sk.startsWith(prefixOf.outbox))
  if (left.length > 0) throw new Violation('I11', `${left.length} events are not published`)
  const logged = keys
    .filter(({ pk, sk }) => pk.startsWith('events#') && sk !== 'last')
    .toSorted((one, other) => (one.sk < other.sk ? -1 : 1))
  const [log, read] = [logged.map(({ id }) => id).join(' '), seen.map(({ id }) => id).join(' ')]
  if (log !== read) throw new Violation('I11', `the log holds ${log} and its follower has read ${read}`)
  const told = new Map<string, number>()
  for (const { data } of seen) {
    const subject = data.connection_id ?? data.connect_session_id ?? data.app_id ?? ''
    if (data.sequence <= (told.get(subject) ?? 0))
      throw new Violation('I11', `events of ${subject} are out of order`)
    told.set(subject, data.sequence)
  }
}

/** What was told of a connection leads to what is stored. */
function checkStory(id: string, events: readonly Told[], stored: Stored | undefined): void {
  const inOrder = events.toSorted((one, other) => one.data.sequence - other.data.sequence)
  const story = inOrder.map(({ type }) => type.replace('connection.', ''))
  const violated = (what: string) => new Violation('I11', `${id} ${what}: ${story.join(', ')}`)
  if (inOrder.some(({ data }, place) => data.sequence !== place + 1))
    throw violated('has a hole or a repetition')
  let alert: string | undefined
  let isSuspended = false
  for (const [place, type] of story.entries()) {
    if ((type === 'created') !== (place === 0)) throw violated('does not begin with its creation')
    if (type === 'disconnected' && place < story.length - 1) throw violated('has events after its end')
    if ((type === 'at_risk' || type === 'broken') && (alert === type || alert === 'broken'))
      throw violated(`is told to be ${type} twice`)
    if (type === 'recovered' && alert === undefined) throw violated('recovers from nothing')
    if ((type === 'suspended') === isSuspended && /^(suspended|resumed)$/.test(type))
      throw violated(`is told to be ${type} twice`)
    if (type === 'at_risk' || type === 'broken') alert = type
    if (type === 'recovered' || type === 'reconnected') alert = undefined
    if (type === 'suspended' || type === 'resumed') isSuspended = type === 'suspended'
  }
  if ((story.at(-1) === 'disconnected') === (stored !== undefined))
    throw violated('is there and told to be gone, or not')
  if (stored === undefined) return
  if (stored.eventCount !== story.length) throw violated(`has counted ${stored.eventCount} events`)
  if (stored.alert?.kind !== alert) throw violated(`has the alert ${stored.alert?.kind}`)
  if ((stored.suspendedAt !== undefined) !== isSuspended) throw violated('is suspended and not told, or not')
}
