// Lists a tenant's connections page by page, all of them or those of one end user.
import type { Connection } from '#domain/connections/connection.ts'
import type { ConnectionFilter, Page } from '#domain/connections/connection-store.ts'
import type { ConnectionId, EndUserId, TenantId } from '#domain/ids.ts'
import type { Item } from '../expressions.ts'
import {
  connectionKey,
  END_USER_INDEX,
  endUserPartition,
  type Key,
  PARTITION_KEY,
  prefixOf,
  SORT_KEY,
} from '../schema.ts'
import type { Query, Table } from '../table.ts'
import { connectionOf } from './items.ts'

/** A filter that matches little must not read a tenant's whole store in one request. */
const MAX_PAGES = 10

/** Newest first, at most `limit`, starting after `after`. */
export async function listConnections(
  table: Table,
  tenant: TenantId,
  filter: ConnectionFilter,
  limit: number,
  after?: ConnectionId,
): Promise<Page<Connection>> {
  const found: Connection[] = []
  let from = after
  let more = true
  for (let pages = 0; more && found.length <= limit && pages < MAX_PAGES; pages++) {
    const page = await readPage(table, tenant, filter.endUserId, limit + 1, from)
    found.push(...page.filter((connection) => matches(connection, filter)))
    more = page.length > limit
    from = page.at(-1)?.id
  }
  if (found.length <= limit) return more && from ? { items: found, next: from } : { items: found }
  const items = found.slice(0, limit)
  const last = items.at(-1)
  return last ? { items, next: last.id } : { items }
}

/** One page of a tenant's connections, or of one end user's, newest first. */
async function readPage(
  table: Table,
  tenant: TenantId,
  endUser: EndUserId | undefined,
  limit: number,
  after: ConnectionId | undefined,
): Promise<readonly Connection[]> {
  const { pk } = connectionKey(tenant, '' as ConnectionId)
  const upTo = after === undefined ? `${prefixOf.connections}~` : connectionKey(tenant, after).sk
  const range: Pick<Query, 'sort' | 'newestFirst' | 'limit'> = {
    sort: {
      attribute: SORT_KEY,
      expression: '#sort BETWEEN :from AND :to',
      values: { ':from': prefixOf.connections, ':to': upTo },
    },
    newestFirst: true,
    // The range includes the connection it starts after.
    limit: limit + 1,
  }
  const { items } =
    endUser === undefined
      ? await table.query({ partition: [PARTITION_KEY, pk], ...range })
      : await readOfEndUser(table, endUserPartition(tenant, endUser), range)
  return items
    .map(connectionOf)
    .filter(({ id }) => id !== after)
    .slice(0, limit)
}

/** The index holds keys only, so that a refresh does not write to it. The items are read by these keys. */
async function readOfEndUser(
  table: Table,
  partition: string,
  range: Omit<Query, 'partition'>,
): Promise<{ items: readonly Item[] }> {
  const { name, partitionKey } = END_USER_INDEX
  const index = await table.query({ index: name, partition: [partitionKey, partition], ...range })
  const keys = index.items.map(({ pk, sk }) => ({ pk, sk }) as Key)
  // Who has just disconnected or reconnected looks at the list at once.
  const items = await table.getMany(keys, true)
  return { items: items.toSorted((one, other) => (String(one.sk) < String(other.sk) ? 1 : -1)) }
}

function matches(connection: Connection, { appId, status }: ConnectionFilter): boolean {
  return (
    (appId === undefined || connection.appId === appId) &&
    (status === undefined || connection.state.status === status)
  )
}
