// The integration example: everything that a SaaS back end does with Funnel Connect, in one file and without a library.
// No ClickFunnels token ever comes here. The product keeps an API key, and connections are asked for by the product's
// own user id.

export interface FunnelConnectSettings {
  readonly url: string
  readonly apiKey: string
  /** Which of the tenant's ClickFunnels applications; a tenant with one needs not say. */
  readonly appId?: string
}

/** A user as the product knows it. */
export interface EndUser {
  readonly id: string
  readonly displayName: string
}

export interface Connection {
  readonly id: string
  readonly status: 'active' | 'reauthorization_required' | 'revoked'
  readonly workspace: { readonly name?: string; readonly subdomain?: string; readonly team_name?: string }
}

export interface Funnel {
  readonly id: number
  readonly name: string
  readonly current_path?: string
  readonly live_mode?: boolean
  readonly updated_at?: string
}

/** An answer other than 2xx: a problem document (RFC 9457) with a stable `code`. */
export class Problem extends Error {
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, detail: string) {
    super(detail)
    this.status = status
    this.code = code
  }
}

export class FunnelConnect {
  readonly #settings: FunnelConnectSettings

  constructor(settings: FunnelConnectSettings) {
    this.#settings = settings
  }

  /**
   * Begins to connect: the browser is to be sent to the URL that comes back.
   * @param reconnects a connection that needs the user's consent again
   */
  async startConnect(user: EndUser, returnUrl: string, reconnects?: string): Promise<string> {
    const { body } = await this.#call('POST', '/v1/connect-sessions', {
      app_id: this.#settings.appId,
      end_user: { id: user.id, display_name: user.displayName },
      return_url: returnUrl,
      // We come back in with `complete` and say who is logged in then.
      completion: 'verified',
      connection_id: reconnects,
    })
    return (body as { connect_url: string }).connect_url
  }

  /**
   * Ends what `startConnect` began. The user must be the one who is logged in now, from the product's own session:
   * that is what keeps a link sent to somebody else from connecting their workspace to the sender's account.
   */
  async complete(connectSession: string, user: Pick<EndUser, 'id'>): Promise<void> {
    const path = `/v1/connect-sessions/${encodeURIComponent(connectSession)}/complete`
    await this.#call('POST', path, { end_user: { id: user.id } })
  }

  /** The user's newest connection. */
  async findConnection(user: Pick<EndUser, 'id'>): Promise<Connection | undefined> {
    const query = new URLSearchParams({ end_user_id: user.id, limit: '1' })
    const { body } = await this.#call('GET', `/v1/connections?${query}`)
    return (body as { data: Connection[] }).data[0]
  }

  /** All funnels of the workspace. ClickFunnels gives them by page; `Pagination-Next` says where the next one begins. */
  async listFunnels(connectionId: string): Promise<{ funnels: Funnel[]; pages: number }> {
    const funnels: Funnel[] = []
    let after: string | null = null
    let pages = 0
    do {
      const query: string = after === null ? '' : `?${new URLSearchParams({ after })}`
      const { body, headers } = await this.#call('GET', `/v1/connections/${connectionId}/funnels${query}`)
      funnels.push(...(body as Funnel[]))
      pages += 1
      after = headers.get('pagination-next')
    } while (after !== null)
    return { funnels, pages }
  }

  async disconnect(connectionId: string): Promise<void> {
    await this.#call('DELETE', `/v1/connections/${connectionId}`)
  }

  async #call(method: string, path: string, body?: object): Promise<{ body: unknown; headers: Headers }> {
    const response = await fetch(`${this.#settings.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.#settings.apiKey}`,
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw problemOf(response.status, text)
    return { body: text === '' ? undefined : JSON.parse(text), headers: response.headers }
  }
}

/** ClickFunnels' own errors pass through as they are and have no `code`. */
function problemOf(status: number, text: string): Problem {
  try {
    const { code, detail, title } = JSON.parse(text)
    return new Problem(status, code ?? 'clickfunnels', detail ?? title ?? '')
  } catch {
    return new Problem(status, 'clickfunnels', '')
  }
}
