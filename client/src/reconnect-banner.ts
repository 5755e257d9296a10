// <clickfunnels-reconnect-banner>: nothing while all is well. When a connection of the user needs the user, one sentence and one button.
// Give it a client: `document.querySelector('clickfunnels-reconnect-banner').client = new FunnelConnect(…)`.
import type { Connection } from './api.ts'
import { button, LookingElement, statusText } from './client-element.ts'

const LABELS = {
  reconnect: 'Reconnect',
  waiting: 'Waiting for ClickFunnels…',
  failed: 'That did not work. Please try again.',
  /** The sentence about a connection that has a problem. */
  sentence: ({ workspace, problem }: Connection) =>
    `${workspace.name ? `${workspace.name}: ` : ''}${problem?.message ?? ''}`,
}

const STYLE = `
:host { display: flex; flex-wrap: wrap; gap: .5em 1em; align-items: center; justify-content: space-between; font: inherit;
  padding: .75em 1em; border-radius: var(--banner-radius, 8px); background: var(--banner-background, #fdeee3);
  color: var(--banner-color, #4a1c08) }
:host(:not([problem])) { display: none }
button { border-radius: inherit }`

/**
 * Attributes: `popup`, `return-url`; its own `problem` has the code of the problem that it shows. Events: `connected` (detail: the
 * connection) and `problem` (detail: an error, or the session that was denied, failed or expired). Parts: `sentence`, `button`.
 */
export class ClickFunnelsReconnectBanner extends LookingElement {
  /** The texts. Replace entries to translate them; `problem.code` says what is wrong in a word. */
  labels = { ...LABELS }
  #connection: Connection | undefined
  readonly #sentence = statusText('sentence')
  readonly #button = button('button', '', () => this.#reconnect())

  constructor() {
    super(STYLE)
    this.root.append(this.#sentence, this.#button)
  }

  override async refresh(): Promise<void> {
    const { client } = this
    if (client === undefined) return
    try {
      const { items } = await client.connections.list({ limit: 100 }).page()
      this.#show(items.find(({ problem }) => problem && problem.action !== 'wait'))
    } catch {
      // What it showed stays. Without an answer it knows nothing better.
    }
  }

  async #reconnect(): Promise<void> {
    const { client } = this
    if (client === undefined || this.#connection === undefined) return
    const attempt = this.attempt(client, this.#connection)
    this.#sentence.textContent = this.labels.waiting
    const ended = await this.end(...attempt)
    if (ended === 'error' && this.#connection) this.#sentence.textContent = this.labels.failed
  }

  #show(connection: Connection | undefined): void {
    this.#connection = connection
    this.#button.hidden = connection?.problem?.action !== 'reconnect'
    this.#button.textContent = this.labels.reconnect
    this.#sentence.textContent = connection ? this.labels.sentence(connection) : ''
    if (connection?.problem) this.setAttribute('problem', connection.problem.code)
    else this.removeAttribute('problem')
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'clickfunnels-reconnect-banner': ClickFunnelsReconnectBanner
  }
}

globalThis.customElements?.define('clickfunnels-reconnect-banner', ClickFunnelsReconnectBanner)
