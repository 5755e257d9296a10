// Due connections that are put off instead of refreshed: those that are suspended, those whose calls ClickFunnels limits, and,
// with lazy refresh, those that are not used.
import type { Ambient } from '../ambient.ts'
import { type Connection, expiryOf, refOf } from '../connections/connection.ts'
import { type LazyRefreshPorts, unusedUntil } from '../connections/lazy-refresh.ts'
import { isPaced } from '../connections/pace.ts'
import type { ConnectionPorts } from '../connections/ports.ts'
import type { TenantReader } from '../tenants/ports.ts'
import { suspensionOf } from '../tenants/suspension.ts'
import { type EpochSeconds, later } from '../time.ts'

type Ports = Pick<Ambient & ConnectionPorts, 'now' | 'chance' | 'connections'>

/** Callers that come back after a suspension refresh by themselves, so the schedule need not look often. */
export const SUSPENDED_SECONDS = 12 * 3600
const PACED_SECONDS = 60
/** A token with less than this left is refreshed even if calls of the connection are limited. */
const URGENT_SECONDS = 5 * 60

/**
 * Puts a due connection off, if it should wait. It takes one write and no lease.
 * @returns the outcome of the visit, or `undefined` if the connection is to be refreshed or probed now
 */
export async function putOff(
  services: Ports & TenantReader & LazyRefreshPorts,
  connection: Connection,
): Promise<'suspended' | 'deferred' | 'unused' | undefined> {
  if (suspensionOf(await services.tenants.get(connection.tenantId), connection) !== undefined) {
    await postpone(services, connection, SUSPENDED_SECONDS)
    return 'suspended'
  }
  if (isPaced(connection, services.now()) && mayWait(connection, services.now())) {
    await postpone(services, connection, PACED_SECONDS)
    return 'deferred'
  }
  const dueAt = services.lazyRefresh ? unusedUntil(connection, services.now(), services.chance) : undefined
  if (dueAt !== undefined) {
    await setDue(services, connection, dueAt)
    return 'unused'
  }
  return undefined
}

/** Whether there is time to wait. Where ClickFunnels limits the calls of a connection, its callers come first. */
function mayWait({ credential }: Connection, now: EpochSeconds): boolean {
  const expiresAt = expiryOf(credential)
  return expiresAt === undefined || expiresAt > later(now, URGENT_SECONDS)
}

/** Makes a connection due again after one to two times the seconds, by chance, so that many are not due together. */
export function postpone(services: Ports, connection: Connection, seconds: number): Promise<void> {
  return setDue(services, connection, later(services.now(), seconds * (1 + services.chance())))
}

/** @param dueAt `null`: it is not due again by itself */
export async function setDue(
  services: Ports,
  connection: Connection,
  dueAt: EpochSeconds | null,
): Promise<void> {
  const { generation } = connection
  const change = { dueAt, updatedAt: services.now() }
  await services.connections.update(refOf(connection), { generation }, change, connection)
}
