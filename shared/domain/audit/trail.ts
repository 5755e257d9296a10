// Writes a tenant's audit trail, and builds the notes that the domain writes by itself.
import type { Ambient } from '../ambient.ts'
import type { ConnectionId, ConnectSessionId, TenantId } from '../ids.ts'
import { DAY_SECONDS, later } from '../time.ts'
import type { AuditAction, AuditEvent, AuditEvents, AuditNote } from './event.ts'

/** The log message for an event that could not be stored. An alarm looks for it. */
export const AUDIT_UNWRITTEN = 'An audit event was not written'

type Ports = Pick<Ambient, 'newId' | 'now' | 'log'> & { readonly events: AuditEvents }

/** The audit trail as one process writes it. */
export class AuditTrail {
  readonly #ports: Ports
  readonly #retentionDays: number
  readonly #functionName: string

  constructor(ports: Ports, retentionDays: number, functionName: string) {
    this.#ports = ports
    this.#retentionDays = retentionDays
    this.#functionName = functionName
  }

  /**
   * Writes an event. Without an actor, the actor is this function of the service. Never throws, because what is audited has
   * already happened. An event that cannot be stored is logged whole, and an alarm rises.
   */
  async note(note: AuditNote): Promise<void> {
    const { events, newId, now, log } = this.#ports
    const at = now()
    const event: AuditEvent = {
      actor: { kind: 'service', id: this.#functionName },
      ...note,
      id: newId('auditEvent'),
      at,
      expiresAt: later(at, this.#retentionDays * DAY_SECONDS),
    }
    try {
      await events.append(event)
    } catch (error) {
      log.error(AUDIT_UNWRITTEN, { event, error })
    }
  }
}

/** What a browser did with its connect session. */
export function browserNote(
  { tenantId, id }: { readonly tenantId: TenantId; readonly id: ConnectSessionId },
  action: AuditAction & `connect_session.${string}`,
  result: string,
): AuditNote {
  return {
    tenantId,
    action,
    actor: { kind: 'browser', id },
    resource: { type: 'connect_session', id },
    result,
  }
}

/** What was done to a connection. */
export function connectionNote(
  { tenantId, id }: { readonly tenantId: TenantId; readonly id: ConnectionId },
  action: AuditAction & `connection.${string}`,
  more: Partial<Pick<AuditEvent, 'actor' | 'reason'>> = {},
): AuditNote {
  return { tenantId, action, resource: { type: 'connection', id }, result: 'ok', ...more }
}

/** A new grant of a connection. Its actor is the browser that approved; the request has an event of its own. */
export function grantNote(
  { id }: { readonly id: ConnectSessionId },
  connection: { readonly tenantId: TenantId; readonly id: ConnectionId; readonly generation: number },
): AuditNote {
  const action = connection.generation === 1 ? 'connection.create' : 'connection.reconnect'
  return connectionNote(connection, action, { actor: { kind: 'browser', id } })
}
