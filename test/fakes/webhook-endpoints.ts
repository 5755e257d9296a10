// ClickFunnels' outgoing webhooks in memory: endpoints of workspaces, and the list of events.
import type {
  ListedEvent,
  NotDone,
  WebhookEndpoints,
  WorkspaceAccess,
} from '#domain/provider/webhook-endpoints.ts'
import { Secret } from '#domain/secret.ts'

export interface FakeEndpoint {
  readonly id: string
  readonly url: string
  readonly secret: string
  types: readonly string[]
}

export class FakeWebhookEndpoints implements WebhookEndpoints {
  readonly endpoints: FakeEndpoint[] = []
  readonly listed: ListedEvent[] = []
  /** Takes the place of the next answers, one by one. lost: ClickFunnels does it, and the answer is lost. */
  readonly answers: (NotDone['outcome'] | 'lost')[] = []
  #made = 0

  async create(
    _: WorkspaceAccess,
    { url, types }: { readonly url: string; readonly types: readonly string[] },
  ) {
    const instead = this.answers.shift()
    if (instead !== undefined && instead !== 'lost') return notDone(instead)
    this.#made += 1
    const endpoint = { id: String(this.#made), url, secret: String(this.#made).repeat(64), types }
    this.endpoints.push(endpoint)
    if (instead === 'lost') return notDone('failed')
    return { outcome: 'created', id: endpoint.id, secret: new Secret(endpoint.secret) } as const
  }

  async find(_: WorkspaceAccess, url: string) {
    const ids = this.endpoints.filter((one) => one.url === url).map(({ id }) => id)
    return { outcome: 'found', ids } as const
  }

  async change(_: WorkspaceAccess, id: string, types: readonly string[]) {
    const endpoint = this.endpoints.find((one) => one.id === id)
    if (endpoint === undefined) return { outcome: 'gone' } as const
    endpoint.types = types
    return { outcome: 'changed' } as const
  }

  async remove(_: WorkspaceAccess, id: string) {
    const instead = this.answers.shift()
    if (instead !== undefined) return notDone(instead === 'lost' ? 'failed' : instead)
    const place = this.endpoints.findIndex((one) => one.id === id)
    if (place >= 0) this.endpoints.splice(place, 1)
    return { outcome: 'removed' } as const
  }

  async events(_: WorkspaceAccess, after: string | undefined) {
    const left = this.listed.filter(({ id }) => after === undefined || Number(id) > Number(after))
    return { outcome: 'listed', events: left.slice(0, 20), more: left.length > 20 } as const
  }

  async newestEvent() {
    return this.listed.at(-1)?.id
  }
}

const notDone = (outcome: NotDone['outcome']): NotDone => ({ outcome, detail: 'as the test wants it' })
