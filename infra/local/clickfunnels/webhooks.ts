// Outgoing webhooks, as ClickFunnels has them: endpoints of a workspace with a secret that is shown once, and a list of events.
// An endpoint belongs to the workspace and outlives the token that created it. Events exist only for types that an endpoint has.
import { randomBytes, randomUUID } from 'node:crypto'
import type { Kept } from '../journal.ts'
import { publicId } from './data.ts'

export const EVENT_TYPES = [
  'contact.created',
  'contact.identified',
  'contact.updated',
  'form_submission.created',
  'one-time-order.completed',
  'order.created',
  'platform_application.disconnected',
  'subscription.canceled',
]

export interface Endpoint {
  readonly id: number
  readonly workspace_id: number
  readonly url: string
  readonly name: string
  readonly event_type_ids: readonly string[]
  readonly webhook_secret: string
  readonly created_at: string
}

export interface OutgoingEvent {
  readonly id: number
  readonly public_id: string
  readonly workspace_id: number
  readonly uuid: string
  readonly event_type_id: string
  readonly subject_id: number
  readonly subject_type: string
  readonly data: Readonly<Record<string, unknown>>
  readonly api_version: number
  readonly created_at: string
  readonly page: null
  readonly funnel: null
}

export type NewEvent = Pick<
  OutgoingEvent,
  'workspace_id' | 'event_type_id' | 'subject_id' | 'subject_type' | 'data'
>

export class Webhooks {
  readonly #now: () => number
  readonly #keptEndpoints: Kept<Endpoint>
  readonly #keptEvents: Kept<OutgoingEvent>
  #endpoints: Endpoint[]
  readonly #events: OutgoingEvent[]
  #lastId: number

  /** @param now in epoch milliseconds */
  constructor(now: () => number, endpoints: Kept<Endpoint>, events: Kept<OutgoingEvent>) {
    this.#now = now
    this.#keptEndpoints = endpoints
    this.#keptEvents = events
    this.#endpoints = [...endpoints.all()]
    this.#events = [...events.all()]
    this.#lastId = Math.max(0, ...this.#endpoints.map(({ id }) => id), ...this.#events.map(({ id }) => id))
  }

  endpointsOf(workspaceId: number): readonly Endpoint[] {
    return this.#endpoints.filter((one) => one.workspace_id === workspaceId)
  }

  eventsOf(workspaceId: number): readonly OutgoingEvent[] {
    return this.#events.filter((one) => one.workspace_id === workspaceId)
  }

  find(workspaceId: number, id: string): Endpoint | undefined {
    return this.endpointsOf(workspaceId).find((one) => String(one.id) === id)
  }

  create(values: Pick<Endpoint, 'workspace_id' | 'url' | 'name' | 'event_type_ids'>): Endpoint {
    const webhook_secret = randomBytes(32).toString('hex')
    const endpoint = { ...values, id: this.#nextId(), webhook_secret, created_at: this.#time() }
    this.#endpoints.push(endpoint)
    this.#keptEndpoints.put(endpoint.id, endpoint)
    return endpoint
  }

  /** Arrays are replaced, not added to. */
  change(endpoint: Endpoint, changes: Partial<Pick<Endpoint, 'url' | 'name' | 'event_type_ids'>>): Endpoint {
    const changed = { ...endpoint, ...changes }
    this.#endpoints = this.#endpoints.map((one) => (one.id === endpoint.id ? changed : one))
    this.#keptEndpoints.put(endpoint.id, changed)
    return changed
  }

  remove({ id }: Endpoint): void {
    this.#endpoints = this.#endpoints.filter((one) => one.id !== id)
    this.#keptEndpoints.remove(id)
  }

  /** The endpoints that an event goes to: an endpoint without types gets every type. */
  receivers({
    workspace_id,
    event_type_id,
  }: Pick<NewEvent, 'workspace_id' | 'event_type_id'>): readonly Endpoint[] {
    return this.endpointsOf(workspace_id).filter(
      ({ event_type_ids: types }) => types.length === 0 || types.includes(event_type_id),
    )
  }

  /** Adds an event to the list; `undefined` if no endpoint has its type. */
  record(event: NewEvent): OutgoingEvent | undefined {
    if (this.receivers(event).length === 0) return undefined
    const id = this.#nextId()
    const made = {
      ...event,
      id,
      public_id: publicId('event', id),
      uuid: randomUUID(),
      api_version: 2,
      created_at: this.#time(),
      page: null,
      funnel: null,
    }
    this.#events.push(made)
    this.#keptEvents.put(id, made)
    return made
  }

  #nextId(): number {
    this.#lastId += 1
    return this.#lastId
  }

  #time(): string {
    return new Date(this.#now()).toISOString()
  }
}
