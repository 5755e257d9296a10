// Deliveries in a map, the queue that wakes senders, and a server that answers as it is told.
import type { DeliveryRef, NewDelivery, Senders, Wake } from '#domain/events/subscribers.ts'
import type { DeliveryId, TenantId } from '#domain/ids.ts'
import { type EpochSeconds, later } from '#domain/time.ts'
import {
  type Deliveries,
  type Delivery,
  type DeliveryPage,
  firstOf,
  type Slot,
} from '#domain/webhooks/delivery.ts'
import type { EndpointRef } from '#domain/webhooks/endpoint.ts'
import type { WebhookAnswer, WebhookClient, WebhookRequest } from '#domain/webhooks/ports.ts'

const SLOTS = 4

export class FakeDeliveries implements Deliveries {
  readonly items = new Map<string, Delivery>()
  readonly #line = new Map<string, Delivery>()
  readonly #slots = new Map<string, EpochSeconds>()

  readonly #isDeleted: (tenant: TenantId) => boolean

  constructor(isDeleted: (tenant: TenantId) => boolean) {
    this.#isDeleted = isDeleted
  }

  make(deliveries: readonly NewDelivery[]): void {
    for (const one of deliveries) {
      this.items.set(one.id, structuredClone(firstOf(one)))
      this.#line.set(one.id, firstOf(one))
    }
  }

  async create(tenant: TenantId, deliveries: readonly Delivery[]): Promise<boolean> {
    if (this.#isDeleted(tenant)) return false
    for (const one of deliveries) this.items.set(one.id, structuredClone(one))
    return true
  }

  async list(
    { tenantId, endpointId }: EndpointRef,
    limit: number,
    after?: DeliveryId,
  ): Promise<DeliveryPage> {
    const own = [...this.items.values()]
      .filter((one) => one.tenantId === tenantId && one.endpointId === endpointId)
      .filter(({ id }) => after === undefined || id < after)
      .toSorted((one, other) => (one.id > other.id ? -1 : 1))
    const items = structuredClone(own.slice(0, limit))
    const next = own.length > limit ? items.at(-1)?.id : undefined
    return { items, ...(next && { next }) }
  }

  async getMany(refs: readonly DeliveryRef[]): Promise<readonly Delivery[]> {
    const found = refs.map(({ id }) => this.items.get(id))
    return structuredClone(found.filter((one) => one !== undefined))
  }

  async save(read: Delivery, changed: Delivery): Promise<boolean> {
    if (this.items.get(read.id)?.version !== read.version) return false
    this.items.set(read.id, structuredClone(changed))
    if (changed.status !== 'waiting' && !changed.alone) this.#line.delete(read.id)
    return true
  }

  async previous(delivery: Delivery): Promise<EpochSeconds | undefined> {
    return this.#lineOf(delivery).findLast(({ sequence }) => sequence < delivery.sequence)?.createdAt
  }

  async next(delivery: Delivery): Promise<DeliveryRef | undefined> {
    const found = this.#lineOf(delivery).find(({ sequence }) => sequence > delivery.sequence)
    return found && { id: found.id, tenantId: found.tenantId, endpointId: found.endpointId }
  }

  async inLine({ tenantId, endpointId }: EndpointRef, limit: number): Promise<readonly DeliveryRef[]> {
    const own = [...this.#line.values()].filter(
      (one) => one.tenantId === tenantId && one.endpointId === endpointId,
    )
    return own.slice(0, limit).map(({ id }) => ({ id, tenantId, endpointId }))
  }

  async due(now: EpochSeconds): Promise<readonly DeliveryRef[]> {
    const due = [...this.items.values()].filter(({ nextAt, claimedUntil }) => {
      const dueAt = claimedUntil ?? (nextAt && later(nextAt, 60))
      return dueAt !== undefined && dueAt <= now
    })
    return due.map(({ id, tenantId, endpointId }) => ({ id, tenantId, endpointId }))
  }

  async takeSlot(ref: EndpointRef, now: EpochSeconds, until: EpochSeconds): Promise<Slot | undefined> {
    for (let number = 0; number < SLOTS; number++) {
      const name = `${ref.endpointId}/${number}`
      if ((this.#slots.get(name) ?? 0) > now) continue
      this.#slots.set(name, until)
      return { ...ref, number, until }
    }
    return undefined
  }

  async giveSlotBack({ endpointId, number, until }: Slot): Promise<void> {
    const name = `${endpointId}/${number}`
    if (this.#slots.get(name) === until) this.#slots.delete(name)
  }

  erase(tenant: TenantId): void {
    for (const [id, { tenantId }] of this.items) if (tenantId === tenant) this.items.delete(id)
    for (const [id, { tenantId }] of this.#line) if (tenantId === tenant) this.#line.delete(id)
  }

  #lineOf({ tenantId, endpointId, subject }: Delivery): Delivery[] {
    return [...this.#line.values()]
      .filter((one) => one.tenantId === tenantId && one.endpointId === endpointId && one.subject === subject)
      .toSorted((one, other) => one.sequence - other.sequence)
  }
}

export class FakeSenders implements Senders {
  readonly woken: { readonly deliveries: readonly DeliveryRef[]; readonly wake: Wake }[] = []

  async wake(deliveries: readonly DeliveryRef[], wake: Wake = {}): Promise<void> {
    this.woken.push({
      deliveries: deliveries.map(({ id, tenantId, endpointId }) => ({ id, tenantId, endpointId })),
      wake,
    })
  }
}

export class FakeWebhookClient implements WebhookClient {
  readonly requests: WebhookRequest[] = []
  /** What the server answers next; 204 after that. */
  readonly answers: Partial<WebhookAnswer>[] = []
  /** What it answers to everything, as long as it is set. */
  always: Partial<WebhookAnswer> | undefined

  async post(request: WebhookRequest): Promise<WebhookAnswer> {
    this.requests.push(request)
    return { milliseconds: 12, ...(this.always ?? this.answers.shift() ?? { status: 204 }) }
  }
}
