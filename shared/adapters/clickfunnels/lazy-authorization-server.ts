// An authorization server whose code is loaded at its first use. Most processes never need its protocol library,
// because they call with tokens that are valid, and they start faster without it.
import type { AuthorizationServer } from '#domain/provider/authorization-server.ts'
import { loadedOnce } from '../loaded-once.ts'

export class LazyAuthorizationServer implements AuthorizationServer {
  readonly #server: () => Promise<AuthorizationServer>

  constructor(load: () => Promise<AuthorizationServer>) {
    this.#server = loadedOnce(load)
  }

  async exchangeCode(...args: Parameters<AuthorizationServer['exchangeCode']>) {
    return (await this.#server()).exchangeCode(...args)
  }

  async refresh(...args: Parameters<AuthorizationServer['refresh']>) {
    return (await this.#server()).refresh(...args)
  }

  async revoke(...args: Parameters<AuthorizationServer['revoke']>) {
    return (await this.#server()).revoke(...args)
  }
}
