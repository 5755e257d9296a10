// <clickfunnels-reconnect-banner>: nothing while all is well. When a connection of the user needs the user, one sentence and one button.
// Give it a client: `document.querySelector('clickfunnels-reconnect-banner').client = new FunnelConnect(…)`.
import type { Connection } from './api.ts'
import type { FunnelConnect } from './client.ts'
import { Base, shadowOf } from './shadow.ts'

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
button { font: inherit; font-weight: 600; padding: .5em 1em; cursor: pointer; border: 1px solid currentColor;
  border-radius: inherit; background: none; color: inherit }
button:focus-visible { outline: 3px solid currentColor; outline-offset: 2px }
button[hidden] { display: none }`

/** How often it looks while the page is in front. */
const LOOK_SECONDS = 60

/**
 * Attributes: `popup`, `return-url`; its own `problem` has the code of the problem that it shows. Events: `connected` (detail: the
 * connection) and `problem` (detail: an error, or the session that was denied, failed or expired). Parts: `sentence`, `button`.
 */
export class ClickFunnelsReconnectBanner extends Base {
  /** The texts. Replace entries to translate them; `problem.code` says what is wrong in a word. */
  labels = { ...LABELS }
  #client: FunnelConnect | undefined
  #connection: Connection | undefined
  #timer: ReturnType<typeof setInterval> | undefined
  readonly #sentence = document.createElement('span')
  readonly #button = document.createElement('button')
  readonly #onFront = () => {
    if (document.visibilityState === 'visible') this.refresh()
  }

  constructor() {
    super()
    const root = shadowOf(this, STYLE)
    this.#sentence.setAttribute('part', 'sentence')
    this.#sentence.setAttribute('role', 'status')
    this.#button.type = 'button'
    this.#button.setAttribute('part', 'button')
    this.#button.addEventListener('click', () => this.#reconnect())
    root.append(this.#sentence, this.#button)
  }

  connectedCallback(): void {
    document.addEventListener('visibilitychange', this.#onFront)
    this.#timer = setInterval(this.#onFront, LOOK_SECONDS * 1000)
  }

  disconnectedCallback(): void {
    document.removeEventListener('visibilitychange', this.#onFront)
    clearInterval(this.#timer)
  }

  get client(): FunnelConnect | undefined {
    return this.#client
  }

  set client(client: FunnelConnect | undefined) {
    this.#client = client
    if (client) this.#end(client.complete())
  }

  /** Looks now, for example when your back end heard of an event. */
  async refresh(): Promise<void> {
    const client = this.#client
    if (client === undefined) return
    try {
      const { items } = await client.connections.list({ limit: 100 }).page()
      this.#show(items.find(({ problem }) => problem && problem.action !== 'wait'))
    } catch {
      // What it showed stays. Without an answer it knows nothing better.
    }
  }

  /** Call `connect` directly in the click, because browsers open a pop-up only then. */
  #reconnect(): void {
    const connection = this.#connection
    if (this.#client === undefined || connection === undefined) return
    this.#sentence.textContent = this.labels.waiting
    const return_url = this.getAttribute('return-url')
    const popup = this.hasAttribute('popup')
    const wanted = { popup, connection_id: connection.id, ...(return_url && { return_url }) }
    this.#end(this.#client.connect(wanted))
  }

  /** Waits for how an attempt ends, and shows what is true then. */
  async #end(attempt: ReturnType<FunnelConnect['connect']> | ReturnType<FunnelConnect['complete']>) {
    let failed = ''
    try {
      const outcome = await attempt
      if (outcome?.status === 'connected') this.#emit('connected', outcome.connection)
      else if (outcome && 'session' in outcome) this.#emit('problem', outcome.session)
    } catch (error) {
      failed = this.labels.failed
      this.#emit('problem', error)
    }
    await this.refresh()
    if (failed && this.#connection) this.#sentence.textContent = failed
  }

  #show(connection: Connection | undefined): void {
    this.#connection = connection
    this.#button.hidden = connection?.problem?.action !== 'reconnect'
    this.#button.textContent = this.labels.reconnect
    this.#sentence.textContent = connection ? this.labels.sentence(connection) : ''
    if (connection?.problem) this.setAttribute('problem', connection.problem.code)
    else this.removeAttribute('problem')
  }

  #emit(type: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(type, { detail }))
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'clickfunnels-reconnect-banner': ClickFunnelsReconnectBanner
  }
}

globalThis.customElements?.define('clickfunnels-reconnect-banner', ClickFunnelsReconnectBanner)
