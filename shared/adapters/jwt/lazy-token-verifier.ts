// A token verifier whose code is loaded with the first JWT, so that calls with API keys do not pay for it.
import type { TokenVerifier } from '#domain/callers/end-user-token.ts'
import { loadedOnce } from '../loaded-once.ts'

export class LazyTokenVerifier implements TokenVerifier {
  readonly #verifier: () => Promise<TokenVerifier>

  constructor(load: () => Promise<TokenVerifier>) {
    this.#verifier = loadedOnce(load)
  }

  async verify(...args: Parameters<TokenVerifier['verify']>) {
    return (await this.#verifier()).verify(...args)
  }
}
