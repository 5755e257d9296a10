// The transaction that notes how near a tenant is to its limit of connections. It is loaded when that changes, because every function
// loads the rest of usage.ts.
import { eventOfUseLevel } from '#domain/connect/connection-use.ts'
import type { Stamp } from '#domain/events/event.ts'
import type { TenantId } from '#domain/ids.ts'
import type { ConnectionUse, UseLevel } from '#domain/tenants/usage.ts'
import { outboxWrites } from '../events/outbox-item.ts'
import type { Condition, Write } from '../expressions.ts'
import { connectionCountKey } from './keys.ts'

/** Notes the level with the count, and writes the event if the level has risen. */
export function useLevelNoted(
  tenant: TenantId,
  read: ConnectionUse,
  level: UseLevel | undefined,
  stamp: Stamp,
): readonly Write[] {
  const draft = eventOfUseLevel(tenant, read, level)
  const set = { ...(level && { level }), ...(draft && { eventCount: draft.data.sequence }) }
  const change = { set, ...(level === undefined && { remove: ['level'] }) }
  return [
    { update: connectionCountKey(tenant), change, condition: stillAt(read.level) },
    ...outboxWrites(draft && stamp(draft)),
  ]
}

/** There is a count, and nobody has noted another level. */
function stillAt(level: UseLevel | undefined): Condition {
  const names = { '#level': 'level' }
  if (level === undefined)
    return { expression: 'attribute_exists(pk) AND attribute_not_exists(#level)', names }
  return { expression: '#level = :level', names, values: { ':level': level } }
}
