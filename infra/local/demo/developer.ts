// What the strip for developers on the demo page can make the simulated ClickFunnels do. The browser names an action; the requests
// to the simulator's control routes are these and no others.

const OUTAGE_SECONDS = 20

interface TokenRow {
  readonly client_id: string
  readonly workspace_id: number
  readonly state: string
}

export class Developer {
  readonly #control: string
  readonly #clientId: string

  constructor(simulatorUrl: string, clientId: string) {
    this.#control = `${simulatorUrl}/_control`
    this.#clientId = clientId
  }

  /**
   * Carries out an action of the strip.
   * @returns false if there is no such action
   */
  async act(action: string): Promise<boolean> {
    const client_id = this.#clientId
    switch (action) {
      case 'expire':
      case 'revoke':
        await this.#send(`tokens/${action}`, { client_id })
        return true
      case 'uninstall':
        for (const workspace_id of await this.#workspaces()) {
          await this.#send('installations/revoke', { client_id, workspace_id })
        }
        return true
      case 'outage':
        await this.#send('faults', {
          path: '/api/v2',
          seconds: OUTAGE_SECONDS,
          fault: { kind: 'status', status: 503 },
        })
        return true
      case 'late-event':
        for (const workspace_id of await this.#workspaces()) {
          await this.#send('events', { workspace_id, trap: 'late' })
        }
        return true
      default:
        return false
    }
  }

  /** The workspaces that Tidemark has tokens of. */
  async #workspaces(): Promise<ReadonlySet<number>> {
    const response = await fetch(`${this.#control}/tokens`, { signal: AbortSignal.timeout(5000) })
    const { tokens } = (await response.json()) as { tokens: readonly TokenRow[] }
    const own = tokens.filter((row) => row.client_id === this.#clientId && row.state !== 'revoked')
    return new Set(own.map((row) => row.workspace_id))
  }

  async #send(path: string, body: object): Promise<void> {
    const response = await fetch(`${this.#control}/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(5000),
    })
    if (!response.ok) throw new Error(`The simulator answered ${response.status}: ${await response.text()}`)
  }
}
