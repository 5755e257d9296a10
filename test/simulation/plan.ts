// What a run is about, drawn from its seed: how ClickFunnels issues tokens, how old they are, how long the trouble lasts,
// and what people and products do meanwhile.
import type { Act, ActKind } from './acts.ts'
import { Chance } from './chance.ts'
import type { MePersona } from './provider/clickfunnels.ts'
import type { TokenMode } from './provider/rows.ts'
import { LIFETIME_MILLISECONDS } from './template.ts'

export interface Plan {
  readonly mode: TokenMode
  readonly me: MePersona
  /** How old the tokens are when the run begins, in milliseconds. */
  readonly age: number
  /** Milliseconds from the beginning until nothing goes wrong any more. */
  readonly trouble: number
  /** After how many milliseconds at most the table's indexes show a change. */
  readonly indexLag: number
  /** Whether ClickFunnels revokes a token that has expired, or only says so. */
  readonly revokesExpired: boolean
  readonly acts: readonly Act[]
}

const SECOND = 1_000

export function planOf(seed: number, allowed?: ReadonlySet<string>): Plan {
  const chance = new Chance(seed, 'plan')
  const mode = chance.pick<TokenMode>(['rotating', 'strict', 'strict', 'non_expiring'])
  const trouble = chance.pick([20 * SECOND, 60 * SECOND, 120 * SECOND])
  const weights: Readonly<Record<ActKind, number>> = {
    get: 10,
    post: 1,
    keyed: chance.pick([0, 2, 8, 8]),
    refresh: 2,
    show: 1,
    list: 1,
    revoke: chance.pick([0, 0, 1]),
    disconnect: chance.pick([0, 0, 1]),
    reconnect: chance.pick([0, 0, 1]),
    secret: chance.pick([0, 0, 0, 0.5]),
  }
  // Calls come in bursts, because most faults need two calls at the same time.
  const moments = Array.from({ length: 1 + chance.below(3) }, () => chance.below(trouble))
  const spread = chance.pick([50, 2_000, 30_000])
  const only = chance.pick([undefined, undefined, 0])
  const acts = Array.from({ length: 1 + chance.below(7) }, (_, index): Act => {
    const kind = chance.weighted(weights)
    return {
      id: `act#${index + 1}`,
      kind,
      at: chance.pick(moments) + chance.below(spread),
      number: only ?? chance.below(2),
      times: 2 + chance.below(2),
      pause: chance.pick([50, 900, 5 * SECOND, 20 * SECOND]),
    }
  })
  return {
    mode,
    me: chance.pick<MePersona>(['truth', 'truth', 'truth', 'absent', 'forbidden', 'unavailable', 'page']),
    age: LIFETIME_MILLISECONDS - chance.pick([3600, 1200, 900, 30, 3, -60]) * SECOND,
    trouble,
    indexLag: chance.pick([0, 0, 1 * SECOND, 30 * SECOND]),
    revokesExpired: chance.isLikely(0.5),
    acts: acts.filter(({ id }) => allowed === undefined || allowed.has(id)),
  }
}
