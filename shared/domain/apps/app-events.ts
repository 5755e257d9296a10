// The events of an app: one when ClickFunnels stops working for all its connections, and one when it works again. The store writes
// them with the app's health, which changes only if it is still as it was read. So of all the processes that see an outage, one
// has the event.
import type { EventDraft } from '../events/event.ts'
import type { App, AppHealth } from './app.ts'

/** The event of a change of health; `undefined` if the tenant need not know of it. */
export function eventOfHealth(
  { id: appId, tenantId, alert: former, eventCount = 0 }: App,
  { alert }: AppHealth,
): EventDraft | undefined {
  const reason = alert?.reason ?? former?.reason
  if (reason === undefined || alert?.reason === former?.reason) return undefined
  const type = alert === undefined ? 'app.healthy' : 'app.unhealthy'
  return { tenantId, type, data: { appId, sequence: eventCount + 1, reason } }
}
