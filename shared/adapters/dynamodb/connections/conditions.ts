// The conditions of writes to connections: the fence, and the claim to a workspace.

import type { Connection } from '#domain/connections/connection.ts'
import type { Fence } from '#domain/connections/connection-store.ts'
import type { ConnectionId } from '#domain/ids.ts'
import type { Condition } from '../expressions.ts'
import { type Key, workspaceClaimKey } from '../schema.ts'

export function fenced({ generation, leaseOwner }: Fence): Condition {
  if (leaseOwner === undefined)
    return { expression: 'generation = :generation', values: { ':generation': generation } }
  return {
    expression: 'generation = :generation AND leaseOwner = :owner',
    values: { ':generation': generation, ':owner': leaseOwner },
  }
}

/** The fence, and that the connection has had no event since it was read. An event that follows from a change depends on it. */
export function fencedSince({ eventCount }: Pick<Connection, 'eventCount'>, fence: Fence): Condition {
  const { expression, values } = fenced(fence)
  return eventCount === undefined
    ? { expression: `${expression} AND attribute_not_exists(eventCount)`, values: { ...values } }
    : {
        expression: `${expression} AND eventCount = :eventCount`,
        values: { ...values, ':eventCount': eventCount },
      }
}

export function claimedBy(id: ConnectionId, or = ''): Condition {
  return { expression: `${or}connectionId = :connectionId`, values: { ':connectionId': id } }
}

/** The item that names the connection of this end user and app to this workspace. */
export function claimOf({
  tenantId,
  appId,
  workspace,
  endUser,
}: Pick<Connection, 'tenantId' | 'appId' | 'workspace' | 'endUser'>): Key | undefined {
  return workspace.id && workspaceClaimKey(tenantId, appId, workspace.id, endUser.id)
}
