// Tells a tenant that it comes near its limit of connections, and that it has reached it: once each, until it was below that again.
import type { Ambient } from '../ambient.ts'
import type { EventDraft } from '../events/event.ts'
import type { TenantId } from '../ids.ts'
import type { TenancyPorts } from '../tenants/ports.ts'
import { type ConnectionUse, USE_LEVELS, type UseLevel } from '../tenants/usage.ts'

const NEARLY_USED_PERCENT = 80

/** How near a tenant with `count` of `max` connections is to its limit; `undefined` below 80 %. */
export function useLevel(count: number, max: number): UseLevel | undefined {
  if (count >= max) return 'connections_used_up'
  return count * 100 >= max * NEARLY_USED_PERCENT ? 'connections_nearly_used' : undefined
}

/** The event of a new level; `undefined` if the level has fallen. */
export function eventOfUseLevel(
  tenantId: TenantId,
  { level: former, eventCount }: ConnectionUse,
  level: UseLevel | undefined,
): EventDraft | undefined {
  if (level === undefined || USE_LEVELS.indexOf(level) <= rank(former)) return undefined
  return { tenantId, type: 'tenant.limit_approaching', data: { sequence: eventCount + 1, reason: level } }
}

/** Notes how near the tenant is to its limit, after it got a connection. What a dead process left undone, the next one does. */
export async function noteConnectionUse(
  services: Pick<Ambient & TenancyPorts, 'tenants' | 'usage' | 'limiter'>,
  tenantId: TenantId,
): Promise<void> {
  const tenant = await services.tenants.get(tenantId)
  const max = tenant && services.limiter.maxConnections(tenant)
  if (max === undefined) return
  const use = await services.usage.connectionUse(tenantId)
  const level = useLevel(use.count, max)
  if (level !== use.level) await services.usage.noteUseLevel(tenantId, use, level)
}

const rank = (level: UseLevel | undefined) => (level === undefined ? -1 : USE_LEVELS.indexOf(level))
