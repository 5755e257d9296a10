// <clickfunnels-connections>: the user's connections, each with its status, and buttons to reconnect, disconnect and connect more.
// Give it a client: `document.querySelector('clickfunnels-connections').client = new FunnelConnect(…)`.
import type { Connection } from './api.ts'
import type { FunnelConnect } from './client.ts'
import { button, type ClientElementEventMap, LookingElement, part, statusText } from './client-element.ts'
import { type Chip, LABELS, STYLE } from './connections-look.ts'
import { announceChange } from './watch.ts'

export type ConnectionsState = 'loading' | 'ready' | 'connecting' | 'error'

export interface ClickFunnelsConnectionsEventMap extends ClientElementEventMap {
  statechange: CustomEvent<ConnectionsState>
  disconnected: CustomEvent<Connection>
}

/**
 * Attributes: `popup`, `return-url`, `app-id`; its own `state` has the state. Events: `statechange` (detail: the state), `connected`
 * and `disconnected` (detail: the connection), and `problem` (detail: an error, or the session that was denied, failed or expired).
 * Parts: `message`, `list`, `row`, `workspace`, `label`, `since`, `status` (with `ok`, `reconnect`, `wait` or `ask_operator`), `reason`,
 * `question`, and `button` (with `connect`, `reconnect`, `disconnect`, `keep` or `again`).
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: a method cannot be given more signatures in another way
export class ClickFunnelsConnections extends LookingElement {
  /** The texts. Replace entries to translate them; `problem.code` of a connection says what is wrong in a word. */
  labels = { ...LABELS }
  #state: ConnectionsState = 'loading'
  #connections: readonly Connection[] = []
  /** Id of the connection whose row asks whether to disconnect it. */
  #asked: string | undefined
  readonly #message = statusText('message')
  readonly #list = part('ul', 'list')
  readonly #more = button('button connect', '', () => this.#connect())

  constructor() {
    super(STYLE)
    // Safari takes a list without bullets for no list.
    this.#list.setAttribute('role', 'list')
    this.#more.id = 'connect'
    this.root.append(this.#message, this.#list, this.#more)
    this.#show('loading')
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.setAttribute('state', this.#state)
  }

  get state(): ConnectionsState {
    return this.#state
  }

  get connections(): readonly Connection[] {
    return this.#connections
  }

  override async refresh(): Promise<void> {
    const { client } = this
    if (client === undefined) return
    try {
      const { items } = await client.connections.list({ limit: 100 }).page()
      this.#connections = items
      this.#show(this.#state === 'connecting' ? 'connecting' : 'ready')
    } catch (error) {
      // What it showed stays. Without an answer it knows nothing better.
      if (this.#state !== 'loading') return
      this.#show('error', this.labels.failed)
      this.emit('problem', error)
    }
  }

  protected override begin(client: FunnelConnect): void {
    this.#end(client.complete())
  }

  #connect(connection?: Connection): void {
    const { client } = this
    if (client === undefined) return
    const [outcome, signal] = this.attempt(client, connection)
    this.#show('connecting')
    this.#end(outcome, signal)
  }

  async #end(...attempt: Parameters<LookingElement['end']>): Promise<void> {
    const { labels } = this
    const ended = await this.end(...attempt)
    if (attempt[1]?.aborted || this.#state === 'error') return
    // Back in the browser may show this page again as it was.
    if (ended === 'redirecting')
      return addEventListener('pageshow', () => this.#show('ready'), { once: true })
    const texts: Readonly<Record<string, string>> = { denied: labels.denied, connected: '' }
    this.#show('ready', ended && (texts[ended] ?? labels.failed))
  }

  async #disconnect(connection: Connection): Promise<void> {
    this.#asked = undefined
    // At once, so that a second click finds no button.
    this.#connections = this.#connections.filter((other) => other !== connection)
    this.#show(this.#state, '', 'connect')
    try {
      await this.client?.connections.delete(connection.id)
      this.emit('disconnected', connection)
      announceChange()
    } catch (error) {
      await this.refresh()
      this.#show(this.#state, this.labels.failed)
      this.emit('problem', error)
    }
  }

  #row(connection: Connection): HTMLElement {
    const { labels } = this
    const { id, problem, label } = connection
    const row = part('li', 'row')
    const name = labels.workspace(connection)
    const act = (action: 'reconnect' | 'disconnect' | 'keep', onClick: () => void) => {
      const made = button(`button ${action}`, labels[action], onClick)
      made.id = action + id
      made.setAttribute('aria-describedby', id)
      return made
    }
    const ask = (asked?: string) => () => {
      this.#asked = asked
      this.#show(this.#state, undefined, (asked ? 'keep' : 'disconnect') + id)
    }
    if (this.#asked === id) {
      const question = part('span', 'question', labels.question(name))
      question.id = id
      row.append(
        question,
        act('disconnect', () => this.#disconnect(connection)),
        act('keep', ask()),
      )
      return row
    }
    // Without its events a connection still works.
    const chip: Chip = !problem || problem.code === 'events_refused' ? 'ok' : problem.action
    const about = document.createElement('span')
    const workspace = part('strong', 'workspace', name)
    workspace.id = id
    about.append(
      workspace,
      part('span', 'label', label),
      part('span', `status ${chip}`, labels.chip[chip]),
      part('span', 'since', labels.since(connection)),
      part('span', 'reason', problem && labels.reason(connection)),
    )
    row.append(about)
    // While the service tries again, the user may do so, too.
    const may = problem?.action === 'reconnect' || (chip === 'wait' && connection.status !== 'active')
    if (may) row.append(act('reconnect', () => this.#connect(connection)))
    row.append(act('disconnect', ask(id)))
    return row
  }

  /** @param focus id of the button to focus; by default the focus stays where it is */
  #show(state: ConnectionsState, message?: string, focus = this.root.activeElement?.id): void {
    const { labels } = this
    const known = state !== 'loading' && state !== 'error'
    const count = this.#connections.length
    this.#list.replaceChildren(...this.#connections.map((connection) => this.#row(connection)))
    this.#more.hidden = !known
    this.#more.textContent = count ? labels.another : labels.connect
    const text =
      message ||
      (state === 'ready'
        ? count
          ? ''
          : labels.empty
        : state === 'connecting'
          ? labels.waiting
          : labels.loading)
    // Only a change, because screen readers say it.
    if (this.#message.textContent !== text) this.#message.textContent = text
    if (state === 'error')
      this.#message.append(
        ' ',
        button('button again', labels.again, () => this.refresh()),
      )
    if (focus) this.root.getElementById(focus)?.focus()
    if (state === this.#state) return
    this.#state = state
    // The constructor of an element must not set attributes (HTML standard, custom elements).
    if (this.isConnected) this.setAttribute('state', state)
    this.emit('statechange', state)
  }
}

export interface ClickFunnelsConnections {
  addEventListener<Name extends keyof ClickFunnelsConnectionsEventMap>(
    type: Name,
    listener: (this: ClickFunnelsConnections, event: ClickFunnelsConnectionsEventMap[Name]) => unknown,
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
    'clickfunnels-connections': ClickFunnelsConnections
  }
}

globalThis.customElements?.define('clickfunnels-connections', ClickFunnelsConnections)
