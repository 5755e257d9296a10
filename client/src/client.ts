// The library's main class: the service's routes as methods. Browsers use it with the user's JWT, servers with an API key.
import type { Connection, ConnectionUpdate, ConnectSession, Funnel, TimelineEntry } from './api.ts'
import { browserWindow } from './browser.ts'
import { complete } from './complete.ts'
import { connect } from './connect.ts'
import { Paged } from './paged.ts'
import { proxiedUrl } from './proxied-url.ts'
import type {
  Abortable,
  CompleteBody,
  CompleteOptions,
  ConnectOptions,
  ConnectOutcome,
  SessionRequest,
  Sessions,
  StartedSession,
} from './sessions.ts'
import { type Options, Transport } from './transport.ts'

export interface ConnectionFilter {
  readonly end_user_id?: string | undefined
  readonly app_id?: string | undefined
  readonly status?: Connection['status'] | undefined
  /** Connections per page: 1 to 100, by default 20. */
  readonly limit?: number | undefined
}

type Query = Readonly<Record<string, string | number | undefined>>

export class FunnelConnect {
  readonly #transport: Transport

  /** The routes of connect sessions. In a page, `connect()` and `complete()` call them for you. */
  readonly sessions: Sessions = {
    create: (body: SessionRequest, options?: Abortable) =>
      this.#transport.json<StartedSession>('POST', '/v1/connect-sessions', { body, ...options }),
    get: (id: string, options?: Abortable) =>
      this.#transport.json<ConnectSession>('GET', `/v1/connect-sessions/${segment(id)}`, options),
    complete: (id: string, body: CompleteBody, options?: Abortable) =>
      this.#transport.json<Connection>('POST', `/v1/connect-sessions/${segment(id)}/complete`, {
        body,
        ...options,
      }),
  }

  readonly connections = {
    /** Newest first. */
    list: (filter: ConnectionFilter = {}, options?: Abortable): Paged<Connection> =>
      new Paged(async (cursor) => {
        const path = `/v1/connections${queryOf({ ...filter, cursor })}`
        const page = await this.#transport.json<{ data: Connection[]; next_cursor?: string }>(
          'GET',
          path,
          options,
        )
        return { items: page.data, next: page.next_cursor }
      }),
    get: (id: string, options?: Abortable) =>
      this.#transport.json<Connection>('GET', `/v1/connections/${segment(id)}`, options),
    /** What happened to the connection, newest first: at most 200 entries, by default 50. */
    timeline: async (id: string, { limit, ...options }: Abortable & { readonly limit?: number } = {}) => {
      const path = `/v1/connections/${segment(id)}/timeline${queryOf({ limit })}`
      return (await this.#transport.json<{ data: TimelineEntry[] }>('GET', path, options)).data
    },
    /** Changes tags and label, with an API key only. `tags` replaces all tags; `null` removes. */
    update: (id: string, body: ConnectionUpdate, options?: Abortable) =>
      this.#transport.json<Connection>('PATCH', `/v1/connections/${segment(id)}`, { body, ...options }),
    /** Refreshes the token now. Calls do not need this: the service refreshes tokens before they expire. */
    refresh: (id: string, options?: Abortable) =>
      this.#transport.json<Connection>('POST', `/v1/connections/${segment(id)}/refresh`, options),
    /** Revokes the tokens at ClickFunnels and deletes the connection. */
    delete: (id: string, options?: Abortable) =>
      this.#transport.json<void>('DELETE', `/v1/connections/${segment(id)}`, options),
  }

  constructor(options: Options) {
    this.#transport = new Transport(options)
  }

  /** Starts connecting from a page: by redirect, or in a popup. With `connection_id`, it reconnects that connection. */
  connect(options: ConnectOptions = {}): Promise<ConnectOutcome> {
    return connect(browserWindow(), this.#ports, options)
  }

  /**
   * Completes the connection when the browser comes back. Call it whenever the page loads.
   * @returns undefined when the browser does not come back from connecting
   */
  complete(options: CompleteOptions = {}): Promise<ConnectOutcome | undefined> {
    return complete(browserWindow(), this.#ports, options)
  }

  /** The funnels of the connected workspace. */
  funnels(connectionId: string, options: Abortable & { readonly query?: Query } = {}): Paged<Funnel> {
    return this.#pages(`${this.#connection(connectionId)}/funnels`, options)
  }

  /** Any list of the ClickFunnels API, such as `list(id, 'workspaces/1/contacts')`. */
  list<T = Readonly<Record<string, unknown>>>(
    connectionId: string,
    path: string,
    options: Abortable & { readonly query?: Query } = {},
  ): Paged<T> {
    return this.#pages(proxiedUrl(this.#proxy(connectionId), path), options)
  }

  /**
   * Returns a `fetch` for the ClickFunnels API of a connection. It takes paths as ClickFunnels documents them, or whole
   * URLs. Like `fetch`, it does not throw when the status is other than 2xx.
   */
  proxy(connectionId: string): typeof fetch {
    const base = this.#proxy(connectionId)
    return async (input, init) => {
      const request = input instanceof Request ? new Request(input, init) : undefined
      const url = proxiedUrl(base, request?.url ?? String(input))
      if (request === undefined) return this.#transport.fetch(url, init)
      const { method, headers, signal } = request
      const body = await request.arrayBuffer()
      return this.#transport.fetch(url, { method, headers, signal, ...(body.byteLength > 0 && { body }) })
    }
  }

  #pages<T>(url: string, { query, signal }: Abortable & { readonly query?: Query }): Paged<T> {
    return new Paged(async (after) => {
      const target = new URL(url)
      for (const [name, value] of Object.entries({ ...query, after })) {
        if (value !== undefined) target.searchParams.set(name, String(value))
      }
      const response = await this.#transport.answer(target.href, signal ? { signal } : {})
      const items = (await response.json()) as T[]
      return { items, next: response.headers.get('pagination-next') ?? undefined }
    })
  }

  get #ports() {
    return { sessions: this.sessions, connection: this.connections.get }
  }

  #connection(id: string): string {
    return `${this.#transport.url}/v1/connections/${segment(id)}`
  }

  #proxy(id: string): string {
    return `${this.#connection(id)}/proxy/`
  }
}

const segment = encodeURIComponent

function queryOf(query: Query): string {
  const given = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value !== undefined) given.set(name, String(value))
  return given.size === 0 ? '' : `?${given}`
}
