// A page and its popup as the library sees them. They record what the library does; the test plays the user.
import type { BrowserWindow, Popup, WindowMessage } from '../../client/src/browser.ts'

export class FakePage implements BrowserWindow {
  readonly location: { href: string; readonly origin: string; assign(url: string): void }
  readonly history = {
    state: 'kept',
    replaceState: (_: unknown, __: string, url: string) => {
      this.location.href = url
    },
  }
  readonly document: { body: { textContent: string | null } } = { body: { textContent: null } }
  readonly screenX = 100
  readonly screenY = 50
  readonly outerWidth = 1200
  readonly outerHeight = 900
  readonly posted: { message: unknown; targetOrigin: string }[] = []
  readonly opened: { name: string; features: string }[] = []
  readonly assigned: string[] = []
  opener: BrowserWindow['opener'] = null
  closed = false
  /** Whether the browser lets a script close this window. */
  closable = true
  popup: FakePopup | null = new FakePopup()
  readonly #listeners = new Set<(event: WindowMessage) => void>()

  constructor(href: string) {
    this.location = { href, origin: new URL(href).origin, assign: (url) => void this.assigned.push(url) }
  }

  open(_: string, name: string, features: string): Popup | null {
    this.opened.push({ name, features })
    return this.popup
  }

  close(): void {
    this.closed = this.closable
  }

  addEventListener(_: 'message', listener: (event: WindowMessage) => void): void {
    this.#listeners.add(listener)
  }

  removeEventListener(_: 'message', listener: (event: WindowMessage) => void): void {
    this.#listeners.delete(listener)
  }

  hears(data: unknown): void {
    for (const listener of this.#listeners) listener({ data, origin: this.location.origin })
  }

  get listening(): number {
    return this.#listeners.size
  }
}

export class FakePopup implements Popup {
  closed = false
  /** What the user does in the popup once the library has sent it to a URL. */
  led: (url: string) => void = () => {}
  readonly location = { replace: (url: string) => this.led(url) }

  close(): void {
    this.closed = true
  }

  focus(): void {}
}
