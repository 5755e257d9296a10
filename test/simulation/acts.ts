// What people and products do in a run: calls of the API, and what end users do at ClickFunnels.
import type { RouteKey } from '#http/routes.ts'
import type { Answered } from './client.ts'
import { connect } from './connect.ts'
import type { Stage } from './stage.ts'
import { type Account, RETURN_URL, type Template } from './template.ts'

export type ActKind =
  | 'get'
  | 'post'
  | 'keyed'
  | 'refresh'
  | 'show'
  | 'list'
  | 'revoke'
  | 'disconnect'
  | 'reconnect'
  | 'secret'

export interface Act {
  readonly id: string
  readonly kind: ActKind
  /** Milliseconds after the beginning of the run. */
  readonly at: number
  /** Which of the connections. */
  readonly number: number
  /** Repetitions of a call with a key, and how long after one another. */
  readonly times: number
  readonly pause: number
}

export class Actors {
  /** Connections that their end user has disconnected, or may have. */
  readonly disconnected = new Set<string>()
  /** What became of the calls with a key: whether one was answered with 2xx by ClickFunnels. */
  readonly keyed = new Map<string, boolean>()
  readonly #stage: Stage
  readonly #account: Account
  readonly #connections: readonly string[]

  constructor(stage: Stage, { account, connections }: Template) {
    this.#stage = stage
    this.#account = account
    this.#connections = connections
  }

  async perform({ id, kind, number, times, pause }: Act): Promise<void> {
    const connection = this.#connections[number] ?? ''
    const { provider, timeline, note } = this.#stage
    switch (kind) {
      case 'get':
        await this.callFunnels(connection)
        return
      case 'post':
        await this.#post(connection, id)
        return
      case 'keyed':
        for (let time = 0; time < times; time++) {
          if (time > 0) await timeline.sleep(pause)
          // Some products do not wait for the answer before they repeat a call.
          const call = this.#post(connection, id, id)
          if (pause > 1_000) await call
          else void call.catch((error) => this.#stage.fail(error))
        }
        return
      case 'refresh':
        await this.#onConnection('POST /v1/connections/{id}/refresh', connection, '/refresh')
        return
      case 'show':
        await this.show(connection)
        return
      case 'list':
        await this.list()
        return
      case 'disconnect':
        this.disconnected.add(connection)
        await this.#onConnection('DELETE /v1/connections/{id}', connection)
        return
      case 'revoke':
        note(`the end user of connection ${number} revokes the grant`)
        for (const row of provider.rows.all) if (this.#isOf(row.workspace, number)) row.revoked = true
        return
      case 'reconnect':
        await connect(this.#stage, this.#account, {
          endUser: `user-${number + 1}`,
          returnUrl: RETURN_URL,
          connectionId: connection,
        })
        return
      case 'secret':
        await this.#rotateSecret(id)
    }
  }

  async callFunnels(connection: string): Promise<Answered | undefined> {
    const answer = await this.#onConnection('GET /v1/connections/{id}/funnels', connection, '/funnels')
    if (answer?.json?.code === 'reauthorization_required') this.#stage.noteReauthorization(connection)
    return answer
  }

  show(connection: string): Promise<Answered | undefined> {
    return this.#onConnection('GET /v1/connections/{id}', connection)
  }

  list(): Promise<Answered | undefined> {
    return this.#stage.client.call({
      routeKey: 'GET /v1/connections',
      path: '/v1/connections',
      headers: this.#headers(),
    })
  }

  /** The workspace of a connection has the number of its end user. */
  #isOf(workspace: string, number: number): boolean {
    return workspace.endsWith(String(number + 1))
  }

  async #post(connection: string, body: string, key?: string): Promise<void> {
    const path = `/v1/connections/${connection}/proxy/contacts`
    const answer = await this.#stage.client.call({
      routeKey: 'ANY /v1/connections/{id}/proxy/{path+}',
      method: 'POST',
      path,
      parameters: { id: connection, path: 'contacts' },
      headers: { ...this.#headers(), ...(key !== undefined && { 'idempotency-key': key }) },
      body,
    })
    if (key === undefined) return
    const done = answer?.status === 201 && answer.isUpstream
    this.keyed.set(key, done || this.keyed.get(key) === true)
  }

  /** ClickFunnels accepts the new secret first, and forgets the former one when we have the new one. */
  async #rotateSecret(id: string): Promise<void> {
    const { client, provider } = this.#stage
    const { tenant, app } = this.#account
    const secret = `secret-of-${id}`
    const former = [...provider.secrets]
    provider.secrets.add(secret)
    const answer = await client.call({
      routeKey: 'PATCH /v1/tenants/{tenant_id}/apps/{app_id}',
      path: `/v1/tenants/${tenant}/apps/${app}`,
      parameters: { tenant_id: tenant, app_id: app },
      body: { client_secret: secret },
      isOperator: true,
    })
    if (answer?.status === 200) for (const one of former) provider.secrets.delete(one)
  }

  #onConnection(routeKey: RouteKey, connection: string, below = ''): Promise<Answered | undefined> {
    return this.#stage.client.call({
      routeKey,
      path: `/v1/connections/${connection}${below}`,
      parameters: { id: connection },
      headers: this.#headers(),
    })
  }

  #headers(): Readonly<Record<string, string>> {
    return { authorization: `Bearer ${this.#account.apiKey}` }
  }
}
