// Decides whether an authorization response must name the authorization server that it comes from (RFC 9207). It must if
// the server promises so in its metadata (RFC 8414). The metadata is read only for a response without a name, and then
// remembered. If it cannot be read, the last promise holds, and without one nothing is required (docs/adr/0014).
import type { Log } from '../ambient.ts'
import { type Clock, type EpochSeconds, later } from '../time.ts'

/** Whether the server promises to name itself in every authorization response (RFC 9207 section 3). */
export type IssuerPromise =
  | { readonly outcome: 'made' | 'not_made' }
  /** The metadata could not be read, or is not the server's own. */
  | { readonly outcome: 'unknown'; readonly detail: string }

/** Reads the metadata. Ends within seconds, with "unknown" if the server does not answer. */
export type ReadIssuerPromise = () => Promise<IssuerPromise>

/** How long the promise is remembered. */
export const PROMISE_SECONDS = 60 * 60
/** After metadata could not be read, no response waits for another attempt so soon. */
export const PAUSE_SECONDS = 60

/** The rule for one authorization server, in one process. */
export class IssuerRule {
  readonly #read: ReadIssuerPromise
  readonly #now: Clock
  readonly #log: Log
  #required = false
  #until: EpochSeconds | undefined
  #looking: Promise<void> | undefined

  constructor(read: ReadIssuerPromise, now: Clock, log: Log) {
    this.#read = read
    this.#now = now
    this.#log = log
  }

  /** Whether a response that names no issuer is to be refused (RFC 9207 section 2.4). */
  async isRequired(): Promise<boolean> {
    if (this.#until === undefined || this.#now() >= this.#until) {
      this.#looking ??= this.#look().finally(() => {
        this.#looking = undefined
      })
      await this.#looking
    }
    return this.#required
  }

  async #look(): Promise<void> {
    const promise = await this.#read()
    if (promise.outcome === 'unknown') {
      const { detail } = promise
      this.#log.warn('The metadata of the authorization server could not be read', { detail })
    } else this.#required = promise.outcome === 'made'
    this.#until = later(this.#now(), promise.outcome === 'unknown' ? PAUSE_SECONDS : PROMISE_SECONDS)
  }
}
