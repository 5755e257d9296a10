// The safety net, once a minute: wakes the senders for deliveries whose attempt is overdue. Those are attempts after long pauses, and
// whatever a process left that died.
import type { Ambient } from '../ambient.ts'
import type { WebhookPorts } from './ports.ts'

/** @returns for how many deliveries the senders were woken */
export async function wakeDue({
  now,
  deliveries,
  senders,
}: Pick<Ambient & WebhookPorts, 'now' | 'deliveries' | 'senders'>): Promise<number> {
  const due = await deliveries.due(now())
  if (due.length > 0) await senders.wake(due)
  return due.length
}
