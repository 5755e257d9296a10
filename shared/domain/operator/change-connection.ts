// The operator changes a connection: its tags and label, and whether it is suspended.
import type { Ambient } from '../ambient.ts'
import { annotate } from '../connections/annotate-connection.ts'
import type { Connection, ConnectionRef } from '../connections/connection.ts'
import type { ConnectionPorts } from '../connections/ports.ts'
import type { AnnotationChange } from '../tenants/annotations.ts'
import { switchConnection } from './switches.ts'

/** Absent members stay as they are. At least one is there. */
export interface ConnectionOrder extends AnnotationChange {
  readonly status?: 'active' | 'suspended'
}

/** @throws ServiceError not_found */
export async function changeConnection(
  services: Pick<Ambient & ConnectionPorts, 'now' | 'connections' | 'log'>,
  ref: ConnectionRef,
  { status, ...annotations }: ConnectionOrder,
): Promise<Connection> {
  if (status === undefined) return annotate(services, ref, annotations)
  if (Object.keys(annotations).length > 0) await annotate(services, ref, annotations)
  return switchConnection(services, ref, status)
}
