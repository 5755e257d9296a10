// Connections that are stored, indexed and not due for months: what a fleet is, most of the time.
import { randomBytes } from 'node:crypto'
import { BatchWriteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { marshall } from '@aws-sdk/util-dynamodb'
import { connectionItem } from '#adapters/dynamodb/connections/items.ts'
import { type AppId, type EndUserId, idMinter, type WorkspaceId } from '#domain/ids.ts'
import { epochSeconds, later } from '#domain/time.ts'
import type { Sealed } from '#domain/vault/vault.ts'
import { inParallel } from './fleet.ts'

const BATCH = 25
const MONTHS = 90 * 24 * 3600

export async function storeIdle(
  client: DynamoDBClient,
  table: string,
  count: number,
  say: (text: string) => void,
): Promise<void> {
  const newId = idMinter(Date.now, randomBytes)
  const now = epochSeconds(Date.now() / 1000)
  const tenantId = newId('tenant')
  const sealed = new Uint8Array(90) as Sealed
  const item = (number: number) =>
    marshall(
      connectionItem({
        id: newId('connection'),
        tenantId,
        appId: 'app_00000000000000000000000000' as AppId,
        endUser: { id: `user-${number}` as EndUserId },
        state: { status: 'active' },
        workspace: { id: String(number) as WorkspaceId },
        scopes: [],
        generation: 1,
        credential: { kind: 'non_expiring', accessToken: sealed },
        dueAt: later(now, MONTHS),
        consecutiveFailures: 0,
        createdAt: now,
        updatedAt: now,
      }),
    )
  const batches = Array.from({ length: Math.ceil(count / BATCH) }, (_, batch) => batch)
  await inParallel(batches, async (batch) => {
    const puts = Array.from({ length: BATCH }, (_, place) => ({
      PutRequest: { Item: item(batch * BATCH + place) },
    }))
    await client.send(new BatchWriteItemCommand({ RequestItems: { [table]: puts } }))
    if (batch % 4000 === 3999) say(`  ${(batch + 1) * BATCH} stored`)
  })
}
