// Moves events from the outbox into the tenants' logs: when the table's stream tells of new ones, and every minute those that it
// did not tell of. If a batch of the stream fails, Lambda repeats it a few times; after that, the next minute finds its events.
import type { Context, DynamoDBStreamEvent } from 'aws-lambda'
import { publishEvents, sweepOutbox } from '#domain/events/publish-events.ts'
import type { TenantId } from '#domain/ids.ts'
import { createPublishingServices, type PublishingServices } from '#runtime/event-services.ts'
import { onLambda } from '#runtime/lambda.ts'

/** No transaction begins when less is left. */
const RESERVE_MILLISECONDS = 5_000

export const publishEventsFunction =
  (services: PublishingServices) =>
  async (
    event: Partial<DynamoDBStreamEvent>,
    context: Pick<Context, 'getRemainingTimeInMillis'>,
  ): Promise<unknown> => {
    const mayGoOn = () => context.getRemainingTimeInMillis() > RESERVE_MILLISECONDS
    if (event.Records === undefined) return sweepOutbox(services, mayGoOn)
    const tenants = new Set(event.Records.map(({ dynamodb }) => tenantOfKey(dynamodb?.Keys?.pk?.S)))
    const published = await Promise.all(
      [...tenants].map((tenant) => publishEvents(services, tenant, mayGoOn)),
    )
    return { tenants: tenants.size, published: published.reduce((sum, count) => sum + count, 0) }
  }

function tenantOfKey(partition = ''): TenantId {
  return partition.slice('tenant#'.length) as TenantId
}

export const handler = await onLambda('publish-events', createPublishingServices, publishEventsFunction)
