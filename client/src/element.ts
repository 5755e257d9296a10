// <connect-clickfunnels>: a button that connects, and says how it stands. Give it a client:
// `document.querySelector('connect-clickfunnels').client = new FunnelConnect(…)`.
import type { Connection } from './api.ts'
import type { FunnelConnect } from './client.ts'
import type { ConnectOutcome } from './connect.ts'

export type ElementState = 'disconnected' | 'connecting' | 'connected' | 'reconnect' | 'error'

const LABELS = {
  connect: 'Connect to ClickFunnels',
  again: 'Open ClickFunnels again',
  reconnect: 'Reconnect ClickFunnels',
  disconnect: 'Disconnect',
  disconnected: '',
  connecting: 'Waiting for ClickFunnels …',
  connected: (workspace: string) => `Connected to ${workspace}`,
  lost: (workspace: string) => `ClickFunnels no longer gives access to ${workspace}`,
  denied: 'Nothing was connected. Connect again whenever you like.',
  failed: 'That did not work. Please try again.',
}

const STYLE = `
:host { display: inline-flex; flex-wrap: wrap; gap: .75em; align-items: center; font: inherit }
button { font: inherit; font-weight: 600; padding: .6em 1em; cursor: pointer; border: 1px solid transparent;
  border-radius: var(--connect-radius, 8px); background: var(--connect-background, #1c5fd4); color: var(--connect-color, #fff) }
:host([state=connected]) button { background: none; border-color: currentColor; color: inherit }
button:focus-visible { outline: 3px solid currentColor; outline-offset: 2px }
span:empty { display: none }`

// Importable on servers, where there are no elements.
const Base = globalThis.HTMLElement ?? (class {} as unknown as typeof HTMLElement)

/**
 * Attributes: `popup`, `return-url`, `app-id`. Events: `statechange`, `connected` (detail: the connection) and `problem`
 * (detail: the error, or the session that was denied or failed). Parts: `button`, `status`.
 */
export class ConnectClickFunnels extends Base {
  /** What it says; replace entries to translate. */
  labels = { ...LABELS }
  #client: FunnelConnect | undefined
  #state: ElementState = 'disconnected'
  #connection: Connection | undefined
  #attempt: AbortController | undefined
  readonly #button = document.createElement('button')
  readonly #status = document.createElement('span')

  constructor() {
    super()
    const root = this.attachShadow({ mode: 'open' })
    // Not a <style>, which a page's Content-Security-Policy may forbid.
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(STYLE)
    root.adoptedStyleSheets = [sheet]
    this.#button.type = 'button'
    this.#button.setAttribute('part', 'button')
    this.#button.addEventListener('click', () => this.#pressed())
    this.#status.setAttribute('part', 'status')
    this.#status.setAttribute('role', 'status')
    root.append(this.#status, this.#button)
    this.#show('disconnected')
  }

  connectedCallback(): void {
    this.setAttribute('state', this.#state)
  }

  disconnectedCallback(): void {
    this.#attempt?.abort()
  }

  get state(): ElementState {
    return this.#state
  }

  get connection(): Connection | undefined {
    return this.#connection
  }

  get client(): FunnelConnect | undefined {
    return this.#client
  }

  set client(client: FunnelConnect | undefined) {
    this.#client = client
    if (client) this.#run(async () => this.#ended(await client.complete()) ?? (await this.#look(client)))
  }

  #pressed(): void {
    const client = this.#client
    if (client === undefined) return
    const connection = this.#connection
    if (this.#state === 'connected' && connection) this.#run(() => this.#disconnect(client, connection))
    else this.#connect(client, connection)
  }

  async #disconnect(client: FunnelConnect, { id }: Connection): Promise<void> {
    await client.connections.delete(id)
    this.#connection = undefined
    this.#show('disconnected')
  }

  #connect(client: FunnelConnect, connection: Connection | undefined): void {
    this.#attempt?.abort()
    const attempt = new AbortController()
    const { signal } = attempt
    this.#attempt = attempt
    this.#show('connecting')
    const return_url = this.getAttribute('return-url')
    const app_id = this.getAttribute('app-id')
    const connecting = client.connect({
      popup: this.hasAttribute('popup'),
      ...(return_url && { return_url }),
      ...(app_id && { app_id }),
      ...(connection && { connection_id: connection.id }),
      signal,
    })
    this.#run(async () => this.#ended(await connecting), signal)
  }

  async #look(client: FunnelConnect): Promise<void> {
    const { items } = await client.connections.list({ limit: 1 }).page()
    if (items[0]) this.#has(items[0])
    else this.#show('disconnected')
  }

  /** @returns undefined when there is nothing to tell */
  #ended(outcome: ConnectOutcome | undefined): true | undefined {
    switch (outcome?.status) {
      case undefined:
        return undefined
      case 'connected':
        this.#has(outcome.connection)
        this.#tell('connected', outcome.connection)
        break
      case 'denied':
      case 'failed':
      case 'expired':
        this.#show('error', outcome.status === 'denied' ? this.labels.denied : this.labels.failed)
        this.#tell('problem', outcome.session)
    }
    return true
  }

  #run(work: () => Promise<unknown>, signal?: AbortSignal): void {
    work().catch((error: unknown) => {
      if (signal?.aborted) return
      this.#show('error', this.labels.failed)
      this.#tell('problem', error)
    })
  }

  #has(connection: Connection): void {
    this.#connection = connection
    const { labels } = this
    const name = connection.workspace.name ?? 'ClickFunnels'
    if (connection.status === 'active') this.#show('connected', labels.connected(name))
    else this.#show('reconnect', labels.lost(name))
  }

  #show(state: ElementState, text?: string): void {
    const { labels } = this
    const offered = this.#connection ? labels.reconnect : labels.connect
    this.#status.textContent = text ?? (state === 'connecting' ? labels.connecting : labels.disconnected)
    this.#button.textContent =
      { connected: labels.disconnect, connecting: labels.again }[state as string] ?? offered
    if (state === this.#state) return
    this.#state = state
    // An element that is being made may have no attributes yet.
    if (this.isConnected) this.setAttribute('state', state)
    this.#tell('statechange', state)
  }

  #tell(type: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(type, { detail }))
  }
}

globalThis.customElements?.define('connect-clickfunnels', ConnectClickFunnels)
