// <connect-clickfunnels>: a button that connects and disconnects, with a status text. Give it a client:
// `document.querySelector('connect-clickfunnels').client = new FunnelConnect(…)`.
import type { Connection } from './api.ts'
import type { FunnelConnect } from './client.ts'
import { button, ClientElement, type ClientElementEventMap, statusText } from './client-element.ts'
import type { ConnectOutcome } from './sessions.ts'

export type ElementState = 'loading' | 'disconnected' | 'connecting' | 'connected' | 'reconnect' | 'error'

const LABELS = {
  connect: 'Connect to ClickFunnels',
  again: 'Open ClickFunnels again',
  reconnect: 'Reconnect ClickFunnels',
  disconnect: 'Disconnect',
  disconnected: '',
  connecting: 'Waiting for ClickFunnels…',
  connected: (workspace: string) => `Connected to ${workspace}`,
  lost: (workspace: string) => `Access to ${workspace} was lost. Reconnect to restore it.`,
  denied: 'Nothing was connected. Connect again whenever you like.',
  failed: 'Something went wrong. Please try again.',
}

const STYLE = `
:host { display: inline-flex; flex-wrap: wrap; gap: .75em; align-items: center; font: inherit }
button { padding: .6em 1em; border-color: transparent; border-radius: var(--connect-radius, 8px);
  background: var(--connect-background, #1c5fd4); color: var(--connect-color, #fff) }
:host([state=loading]) button { visibility: hidden }
:host([state=connected]) button { background: none; border-color: currentColor; color: inherit }
span:empty { display: none }`

export interface ConnectClickFunnelsEventMap extends ClientElementEventMap {
  statechange: CustomEvent<ElementState>
}

/**
 * Attributes: `popup`, `return-url`, `app-id`. Events: `statechange` (detail: the state), `connected` (detail: the
 * connection) and `problem` (detail: the error, or the session that was denied, failed or expired). Parts: `button`,
 * `status`.
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: a method cannot be given more signatures in another way
export class ConnectClickFunnels extends ClientElement {
  /** The texts of the element. Replace entries to translate them. */
  labels = { ...LABELS }
  #state: ElementState = 'loading'
  #connection: Connection | undefined
  readonly #button = button('button', '', () => this.#onClick())
  readonly #status = statusText('status')

  constructor() {
    super(STYLE)
    this.root.append(this.#status, this.#button)
    this.#show('loading')
  }

  connectedCallback(): void {
    this.setAttribute('state', this.#state)
  }

  get state(): ElementState {
    return this.#state
  }

  get connection(): Connection | undefined {
    return this.#connection
  }

  protected override begin(client: FunnelConnect): void {
    this.#run(() => this.#begin(client))
  }

  /** Ends what an earlier page began. What is connected already is shown, whatever that ended with. */
  async #begin(client: FunnelConnect): Promise<void> {
    const problems: unknown[] = []
    const outcome = await client.complete().catch((problem: unknown) => void problems.push(problem))
    if (outcome?.status !== 'connected') await this.#load(client)
    this.#showOutcome(outcome)
    if (problems.length === 0) return
    if (this.#state === 'disconnected') this.#show('error', this.labels.failed)
    this.emit('problem', problems[0])
  }

  #onClick(): void {
    const { client } = this
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
    const [outcome, signal] = this.attempt(client, connection)
    this.#show('connecting')
    this.#run(async () => this.#showOutcome(await outcome), signal)
  }

  async #load(client: FunnelConnect): Promise<void> {
    const { items } = await client.connections.list({ limit: 1 }).page()
    if (items[0]) this.#showConnection(items[0])
    else this.#show('disconnected')
  }

  #showOutcome(outcome: ConnectOutcome | undefined): void {
    switch (outcome?.status) {
      case 'connected':
        this.#showConnection(outcome.connection)
        this.emit('connected', outcome.connection)
        break
      case 'denied':
      case 'failed':
      case 'expired':
        this.#show('error', outcome.status === 'denied' ? this.labels.denied : this.labels.failed)
        this.emit('problem', outcome.session)
    }
  }

  #run(work: () => Promise<unknown>, signal?: AbortSignal): void {
    work().catch((error: unknown) => {
      if (signal?.aborted) return
      this.#show('error', this.labels.failed)
      this.emit('problem', error)
    })
  }

  #showConnection(connection: Connection): void {
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
    // The constructor of an element must not set attributes (HTML standard, custom elements).
    if (this.isConnected) this.setAttribute('state', state)
    this.emit('statechange', state)
  }
}

export interface ConnectClickFunnels {
  addEventListener<Name extends keyof ConnectClickFunnelsEventMap>(
    type: Name,
    listener: (this: ConnectClickFunnels, event: ConnectClickFunnelsEventMap[Name]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void
}

declare global {
  interface HTMLElementTagNameMap {
    'connect-clickfunnels': ConnectClickFunnels
  }
}

globalThis.customElements?.define('connect-clickfunnels', ConnectClickFunnels)
