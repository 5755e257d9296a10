// The client of ClickFunnels' outgoing webhooks, loaded at its first use: most processes never manage an endpoint.
import type { WebhookEndpoints } from '#domain/provider/webhook-endpoints.ts'
import { loadedOnce } from '../loaded-once.ts'

type Arguments<K extends keyof WebhookEndpoints> = Parameters<WebhookEndpoints[K]>

export class LazyWebhookEndpoints implements WebhookEndpoints {
  readonly #client: () => Promise<WebhookEndpoints>

  constructor(load: () => Promise<WebhookEndpoints>) {
    this.#client = loadedOnce(load)
  }

  async create(...args: Arguments<'create'>) {
    return (await this.#client()).create(...args)
  }

  async find(...args: Arguments<'find'>) {
    return (await this.#client()).find(...args)
  }

  async change(...args: Arguments<'change'>) {
    return (await this.#client()).change(...args)
  }

  async remove(...args: Arguments<'remove'>) {
    return (await this.#client()).remove(...args)
  }

  async events(...args: Arguments<'events'>) {
    return (await this.#client()).events(...args)
  }

  async newestEvent(...args: Arguments<'newestEvent'>) {
    return (await this.#client()).newestEvent(...args)
  }
}
