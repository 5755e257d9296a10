// A token verifier whose code is loaded with the first JWT, so that calls with API keys do not pay for it.
import type { TokenVerifier } from '#domain/callers/end-user-token.ts'

export class LazyTokenVerifier implements TokenVerifier {
  readonly #load: () => Promise<TokenVerifier>
  #loaded?: Promise<TokenVerifier>

  constructor(load: () => Promise<TokenVerifier>) {
    this.#load = load
  }

  async verify(...args: Parameters<TokenVerifier['verify']>) {
    this.#loaded ??= this.#load()
    return (await this.#loaded).verify(...args)
  }
}
