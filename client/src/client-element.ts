// What the elements have in common: a client, a shadow root, and attempts to connect.
import type { Connection } from './api.ts'
import type { FunnelConnect } from './client.ts'
import type { ConnectOutcome } from './sessions.ts'
import { announceChange, watch } from './watch.ts'

// Servers have no HTMLElement, but may import the elements.
const Base = globalThis.HTMLElement ?? (class {} as unknown as typeof HTMLElement)

const STYLE = `
button { font: inherit; font-weight: 600; padding: .5em 1em; cursor: pointer; border: 1px solid currentColor; background: none;
  color: inherit }
button:focus-visible { outline: 3px solid currentColor; outline-offset: 2px }
[hidden] { display: none }`

export interface ClientElementEventMap extends HTMLElementEventMap {
  connected: CustomEvent<Connection>
  /** A `Problem` or another error, or the session that was denied, failed or expired. */
  problem: CustomEvent<unknown>
}

export abstract class ClientElement extends Base {
  #client: FunnelConnect | undefined
  #attempt: AbortController | undefined
  protected readonly root: ShadowRoot

  constructor(style: string) {
    super()
    this.root = this.attachShadow({ mode: 'open' })
    // Not a <style>, which a page's Content-Security-Policy may forbid.
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(STYLE + style)
    this.root.adoptedStyleSheets = [sheet]
  }

  disconnectedCallback(): void {
    this.#attempt?.abort()
  }

  get client(): FunnelConnect | undefined {
    return this.#client
  }

  set client(client: FunnelConnect | undefined) {
    this.#client = client
    if (client) this.begin(client)
  }

  /** Ends what an earlier page began, and shows what is connected. It handles its errors. */
  protected abstract begin(client: FunnelConnect): void

  /**
   * Connects, or reconnects a connection, as the attributes say. It replaces an attempt under way. Call it directly in the
   * click, because browsers open a pop-up only then.
   */
  protected attempt(
    client: FunnelConnect,
    connection: Connection | undefined,
  ): readonly [Promise<ConnectOutcome>, AbortSignal] {
    this.#attempt?.abort()
    this.#attempt = new AbortController()
    const { signal } = this.#attempt
    const return_url = this.getAttribute('return-url')
    const app_id = this.getAttribute('app-id')
    const outcome = client.connect({
      popup: this.hasAttribute('popup'),
      ...(return_url && { return_url }),
      ...(connection ? { connection_id: connection.id } : app_id && { app_id }),
      signal,
    })
    return [outcome, signal]
  }

  protected emit(type: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(type, { detail }))
  }
}

/** An element that looks again by itself, while it is in a page. */
export abstract class LookingElement extends ClientElement {
  #looking: AbortController | undefined

  connectedCallback(): void {
    this.#looking = new AbortController()
    watch(() => this.refresh(), this.#looking.signal)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#looking?.abort()
  }

  /** Looks now, for example when your back end heard of an event. */
  abstract refresh(): Promise<void>

  protected override begin(client: FunnelConnect): void {
    void this.end(client.complete())
  }

  /**
   * Waits for how an attempt to connect ends, emits that, and shows what is true then.
   * @returns how it ended, or "error"; undefined if there was no attempt, or another one replaced it
   */
  protected async end(
    attempt: Promise<ConnectOutcome | undefined>,
    signal?: AbortSignal,
  ): Promise<ConnectOutcome['status'] | 'error' | undefined> {
    let status: ConnectOutcome['status'] | 'error' | undefined = 'error'
    try {
      const outcome = await attempt
      status = outcome?.status
      if (outcome?.status === 'connected') {
        this.emit('connected', outcome.connection)
        announceChange()
      } else if (outcome && 'session' in outcome) this.emit('problem', outcome.session)
    } catch (error) {
      if (signal?.aborted) return undefined
      this.emit('problem', error)
    }
    await this.refresh()
    return status
  }
}

/** Creates a part of an element. */
export function part<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  name: string,
  text = '',
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag)
  element.setAttribute('part', name)
  element.textContent = text
  return element
}

export function button(name: string, text: string, onClick: () => void): HTMLButtonElement {
  const element = part('button', name, text)
  element.type = 'button'
  element.addEventListener('click', onClick)
  return element
}

/** A text that screen readers say when it changes. */
export function statusText(name: string): HTMLElement {
  const element = part('span', name)
  element.setAttribute('role', 'status')
  return element
}
