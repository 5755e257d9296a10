// The line between one process and the provider's token endpoint. Requests and answers get lost or late on it. What the
// provider does with a request does not depend on the process that sent it.
import type {
  AuthorizationServer,
  ClientCredentials,
  TokenOutcome,
} from '#domain/provider/authorization-server.ts'
import type { Secret } from '#domain/secret.ts'
import { TOKEN_REQUEST_SECONDS } from '#domain/tokens/lease.ts'
import type { Process, World } from './process.ts'

const DEADLINE = TOKEN_REQUEST_SECONDS * 1000
/** The longest time that one way of a request takes that is answered in time, in milliseconds. */
const SLOWEST_HALF = 4500
/** For this many milliseconds after its deadline a request may still be carried out. */
const STRAGGLING = 55_000

export class ProviderLine implements AuthorizationServer {
  readonly #process: Process
  readonly #world: World

  constructor(process: Process, world: World) {
    this.#process = process
    this.#world = world
  }

  async exchangeCode(...request: Parameters<AuthorizationServer['exchangeCode']>): Promise<TokenOutcome> {
    const { base, watch } = this.#world
    const answer = await this.#process.call('provider.exchangeCode', 'provider', async () => {
      const granted = await base.clickfunnels.exchangeCode(...request)
      watch.noteIssued(granted, this.#process)
      return granted
    })
    watch.noteDelivered(answer)
    return answer
  }

  revoke(client: ClientCredentials, token: Secret): ReturnType<AuthorizationServer['revoke']> {
    const { base } = this.#world
    return this.#process.call('provider.revoke', 'provider', () => base.clickfunnels.revoke(client, token))
  }

  async refresh(client: ClientCredentials, refreshToken: Secret): Promise<TokenOutcome> {
    const { base, turns, weather, watch } = this.#world
    const process = this.#process
    await process.gate('provider.refresh before')
    const fate = weather.fateOfRequest()
    watch.note(`${process.name} presents ${watch.rowName(refreshToken.reveal())}: ${fate}`)
    const presentation = watch.present(refreshToken.reveal(), process)
    let answer: TokenOutcome | undefined
    const carryOut = async () => {
      answer = await base.clickfunnels.refresh(client, refreshToken)
      watch.noteIssued(answer, process)
      if (answer.outcome === 'granted') weather.noteTokenRotation()
    }
    const half = 20 + Math.min(weather.delay(), SLOWEST_HALF)
    if (fate === 'late_done')
      turns.after(half + weather.fraction() * (DEADLINE + STRAGGLING), () => void carryOut())
    else if (IS_CARRIED_OUT.has(fate)) turns.after(half, () => void carryOut())
    await process.gate('provider.refresh under way', half + 1)
    const rest = fate.startsWith('late') ? DEADLINE - half : Math.min(weather.delay(), SLOWEST_HALF)
    await process.gate('provider.refresh after', rest)
    presentation.isOver = true
    switch (fate) {
      case 'answered': {
        if (answer === undefined) throw new Error('The provider has not answered')
        watch.noteDelivered(answer)
        return answer
      }
      case 'down_before':
      case 'down_after':
        return { outcome: 'provider_down', detail: 'status 503' }
      case 'lost_before':
      case 'lost_after':
        return { outcome: 'answer_lost', detail: 'ECONNRESET' }
      case 'late_never':
      case 'late_done':
        return { outcome: 'answer_late', detail: 'no complete answer within the deadline' }
      case 'malformed':
        return { outcome: 'malformed', detail: 'not JSON' }
      case 'rate_limited':
        return { outcome: 'rate_limited', retryAfterSeconds: 30 }
      case 'client_refused':
        return { outcome: 'client_refused', error: 'invalid_client' }
    }
  }
}

const IS_CARRIED_OUT: ReadonlySet<string> = new Set(['answered', 'down_after', 'lost_after', 'malformed'])
