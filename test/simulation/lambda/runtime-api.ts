// Lambda's Extensions API, for the extension inside our processes (shared/runtime/extension.ts): a process that has one is
// stopped only when it has answered and the extension has asked for its next event.
import { Readable } from 'node:stream'

type Respond = (response: Readable) => void

interface Sent {
  on(): void
  end(): void
}

export class RuntimeApi {
  isRegistered = false
  /** Called when the extension asks for its next event. */
  onAsked: (() => void) | undefined
  #respond: Respond | undefined

  /** What the process gets for node:http. */
  readonly http = {
    Agent: class {},
    request: (url: string, _: object, respond: Respond): Sent => ({
      on: () => {},
      end: () => {
        if (url.endsWith('/register')) this.#register(respond)
        else this.#ask(respond)
      },
    }),
  }

  /** Whether nothing keeps the process from being stopped. */
  isIdle(): boolean {
    return !this.isRegistered || this.#respond !== undefined
  }

  /** Tells the extension of a call. */
  invoke(requestId: string): void {
    const respond = this.#respond
    this.#respond = undefined
    respond?.(response({ eventType: 'INVOKE', requestId }))
  }

  #register(respond: Respond): void {
    this.isRegistered = true
    respond(response({ functionName: 'simulated' }))
  }

  #ask(respond: Respond): void {
    this.#respond = respond
    this.onAsked?.()
  }
}

function response(body: object): Readable {
  const headers = { 'lambda-extension-identifier': 'extension' }
  return Object.assign(Readable.from([JSON.stringify(body)]), { statusCode: 200, headers })
}
