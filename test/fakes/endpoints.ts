// Webhook endpoints in a map, and KMS as far as their secrets need it.
import { createHash } from 'node:crypto'
import type { EventDraft } from '#domain/events/event.ts'
import type { Subscriber } from '#domain/events/subscribers.ts'
import type { TenantId } from '#domain/ids.ts'
import type { Secret } from '#domain/secret.ts'
import { type Endpoint, type EndpointRef, type Endpoints, MAX_ENDPOINTS } from '#domain/webhooks/endpoint.ts'
import type { SecretBinding, SecretMaker, SecretOpener, WrappedSecret } from '#domain/webhooks/secret.ts'
import { secretOf } from '#domain/webhooks/signature.ts'
import type { FakeEvents } from './events.ts'

export class FakeEndpoints implements Endpoints {
  readonly items = new Map<string, Endpoint>()
  readonly #events: FakeEvents
  readonly #isDeleted: (tenant: TenantId) => boolean

  constructor(events: FakeEvents, isDeleted: (tenant: TenantId) => boolean) {
    this.#events = events
    this.#isDeleted = isDeleted
  }

  async create(endpoint: Endpoint): Promise<'created' | 'full' | 'gone'> {
    if (this.#isDeleted(endpoint.tenantId)) return 'gone'
    const own = [...this.items.values()].filter(({ tenantId }) => tenantId === endpoint.tenantId)
    if (own.length >= MAX_ENDPOINTS) return 'full'
    this.items.set(endpoint.id, structuredClone(endpoint))
    return 'created'
  }

  async get({ tenantId, endpointId }: EndpointRef): Promise<Endpoint | undefined> {
    const found = this.items.get(endpointId)
    return found?.tenantId === tenantId ? structuredClone(found) : undefined
  }

  async list(tenant: TenantId): Promise<readonly Endpoint[]> {
    const own = [...this.items.values()].filter(({ tenantId }) => tenantId === tenant)
    return structuredClone(own.toSorted((one, other) => (one.id < other.id ? -1 : 1)))
  }

  async subscribers(tenant: TenantId): Promise<readonly Subscriber[]> {
    const enabled = (await this.list(tenant)).filter(({ disabled }) => disabled === undefined)
    return enabled.map(({ id, types }) => ({ endpointId: id, ...(types && { types }) }))
  }

  async save(read: Endpoint, changed: Endpoint, event?: EventDraft): Promise<boolean> {
    if (this.items.get(read.id)?.version !== read.version) return false
    this.items.set(read.id, structuredClone(changed))
    this.#events.write(event)
    return true
  }

  async remove(ref: EndpointRef): Promise<boolean> {
    return (await this.get(ref)) !== undefined && this.items.delete(ref.endpointId)
  }
}

/** Gives each place a secret of its own. The wrapped form names the place, so that it opens nowhere else. */
export class FakeEndpointSecrets implements SecretMaker, SecretOpener {
  async make(binding: SecretBinding) {
    return { secret: secretAt(binding), wrapped: wrappedAt(binding) }
  }

  async open(binding: SecretBinding, wrapped: WrappedSecret): Promise<Secret> {
    if (Buffer.compare(wrapped, wrappedAt(binding)) !== 0) throw new Error('It belongs elsewhere')
    return secretAt(binding)
  }
}

function nameOf({ tenantId, endpointId, serial }: SecretBinding): string {
  return `${tenantId}/${endpointId}/${serial}`
}

function secretAt(binding: SecretBinding): Secret {
  return secretOf(createHash('sha256').update(nameOf(binding)).digest())
}

function wrappedAt(binding: SecretBinding): WrappedSecret {
  return new TextEncoder().encode(nameOf(binding)) as Uint8Array as WrappedSecret
}
