// The parts of a browser page that the library uses. So it compiles without the types of the DOM, and tests can fake a page.

export interface Popup {
  readonly closed: boolean
  readonly location: { replace(url: string): void }
  close(): void
  focus(): void
}

interface MessageTarget {
  postMessage(message: unknown, targetOrigin: string): void
}

export interface BrowserWindow {
  readonly location: { readonly href: string; readonly origin: string; assign(url: string): void }
  readonly history: {
    readonly state: unknown
    replaceState(state: unknown, unused: string, url: string): void
  }
  readonly opener: MessageTarget | null
  readonly closed: boolean
  readonly screenX: number
  readonly screenY: number
  readonly outerWidth: number
  readonly outerHeight: number
  readonly document: { readonly body: { textContent: string | null } }
  open(url: string, name: string, features: string): Popup | null
  close(): void
  addEventListener(type: 'message', listener: (event: WindowMessage) => void): void
  removeEventListener(type: 'message', listener: (event: WindowMessage) => void): void
}

export interface WindowMessage {
  readonly origin: string
  readonly data: unknown
}

/** @throws TypeError outside a browser page */
export function browserWindow(): BrowserWindow {
  if (!('document' in globalThis))
    throw new TypeError('This works in a browser page only. On a server, use sessions.create().')
  return globalThis as unknown as BrowserWindow
}
