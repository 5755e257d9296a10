// Webhook endpoints in DynamoDB: an item each, and one that counts them, so that a tenant never has more than it may have.
import type { EventDraft, Stamp } from '#domain/events/event.ts'
import type { Subscriber } from '#domain/events/subscribers.ts'
import type { TenantId } from '#domain/ids.ts'
import {
  type Endpoint,
  type EndpointRef,
  type Endpoints,
  MAX_ENDPOINTS,
  refOfEndpoint,
} from '#domain/webhooks/endpoint.ts'
import { outboxWrites } from '../events/outbox-item.ts'
import { ABSENT, type Item } from '../expressions.ts'
import { PARTITION_KEY, SORT_KEY } from '../schema.ts'
import type { Table } from '../table.ts'
import { EXISTS, unlessDeleted, withoutKey } from '../tenant-items.ts'
import { ENDPOINT_PREFIX, endpointCountKey, endpointKey, webhookPartition } from './keys.ts'

const COUNT = 'endpointCount'

export class DynamoDbEndpoints implements Endpoints {
  readonly #table: Table
  readonly #stamp: Stamp

  constructor(table: Table, stamp: Stamp) {
    this.#table = table
    this.#stamp = stamp
  }

  async create(endpoint: Endpoint): Promise<'created' | 'full' | 'gone'> {
    const { tenantId } = endpoint
    const stored = await this.#table.transact([
      { put: itemOf(endpoint), condition: ABSENT },
      {
        update: endpointCountKey(tenantId),
        change: { set: {}, add: { [COUNT]: 1 } },
        condition: {
          expression: 'attribute_not_exists(#count) OR #count < :max',
          names: { '#count': COUNT },
          values: { ':max': MAX_ENDPOINTS },
        },
      },
      unlessDeleted(tenantId),
    ])
    if (stored) return 'created'
    const count = await this.#table.get(endpointCountKey(tenantId))
    return Number(count?.[COUNT] ?? 0) >= MAX_ENDPOINTS ? 'full' : 'gone'
  }

  async get(ref: EndpointRef): Promise<Endpoint | undefined> {
    const item = await this.#table.get(endpointKey(ref))
    return item && withoutKey<Endpoint>(item)
  }

  async list(tenant: TenantId): Promise<readonly Endpoint[]> {
    const { items } = await this.#table.query({
      partition: [PARTITION_KEY, webhookPartition(tenant)],
      sort: {
        attribute: SORT_KEY,
        expression: 'begins_with(#sort, :prefix)',
        values: { ':prefix': ENDPOINT_PREFIX },
      },
    })
    return items.map((item) => withoutKey<Endpoint>(item))
  }

  async subscribers(tenant: TenantId): Promise<readonly Subscriber[]> {
    const enabled = (await this.list(tenant)).filter(({ disabled }) => disabled === undefined)
    return enabled.map(({ id, types }) => ({ endpointId: id, ...(types && { types }) }))
  }

  save(read: Endpoint, changed: Endpoint, event?: EventDraft): Promise<boolean> {
    const condition = { expression: 'version = :version', values: { ':version': read.version } }
    if (event === undefined) return this.#table.put(itemOf(changed), condition)
    return this.#table.transact([{ put: itemOf(changed), condition }, ...outboxWrites(this.#stamp(event))])
  }

  remove(ref: EndpointRef): Promise<boolean> {
    return this.#table.transact([
      { delete: endpointKey(ref), condition: EXISTS },
      {
        update: endpointCountKey(ref.tenantId),
        change: { set: {}, add: { [COUNT]: -1 } },
        // The deletion of a tenant may have erased it before.
        condition: EXISTS,
      },
    ])
  }
}

function itemOf(endpoint: Endpoint): Item {
  return { ...endpointKey(refOfEndpoint(endpoint)), ...endpoint }
}
