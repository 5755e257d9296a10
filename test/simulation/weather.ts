// What goes wrong in a run. Each chance for a fault is drawn by itself, from the seed and its own name. So a run can be
// repeated with some of its faults only, which is how a failure is shrunk.
import { Chance } from './chance.ts'

/** Where faults happen: the calls of each AWS service, of each endpoint of ClickFunnels, and the events of our processes, and the table's stream. */
export type Line = 'dynamodb' | 'kms' | 'sqs' | 'token' | 'revoke' | 'me' | 'api' | 'process' | 'stream'

/**
 * never: the request vanishes. lost: it is carried out and the answer vanishes. before, after: a server fault, without
 * or with the effect. stall: the answer stops after some bytes. slow: carried out late, from 1 ms to 5 min.
 * duplicate: carried out twice.
 */
export const AWS_FAULTS = [
  'never',
  'lost',
  'before',
  'after',
  'reset_before',
  'reset_after',
  'stall',
  'slow',
  'throttle',
  'duplicate',
] as const
export type AwsFault = (typeof AWS_FAULTS)[number]

/**
 * As of AWS, and: unreachable: no socket. cut: the socket closes within the answer. late: carried out at once, and
 * answered late. limited: 429. block: the page of the network in front. gateway: 504 after the deed. odd: an answer of
 * the grammar. refused: a false 401 or invalid_grant.
 */
export const PROVIDER_FAULTS = [
  'unreachable',
  'never',
  'lost',
  'before',
  'after',
  'reset_before',
  'reset_after',
  'stall',
  'cut',
  'slow',
  'late',
  'limited',
  'block',
  'gateway',
  'odd',
  'refused',
] as const
export type ProviderFault = (typeof PROVIDER_FAULTS)[number]

/** killed: the process ends without a word. paused: it gets no CPU for 1 s to 60 s. */
export type ProcessFault = 'killed' | 'paused'

export interface Fault<K extends string> {
  readonly kind: K
  /** More that is to be decided about it. */
  readonly chance: Chance
}

/** How likely each call or event meets a fault outside of a trouble; one of these for the whole run. */
const BASES: Readonly<Partial<Record<Line, readonly number[]>>> = {
  token: [0, 0, 0.1, 0.3, 0.7],
  revoke: [0, 0, 0.1],
  me: [0, 0, 0.3],
  api: [0, 0, 0.2, 0.6],
  process: [0, 0, 0, 0.001, 0.006],
}

const LINES: readonly Line[] = ['dynamodb', 'kms', 'sqs', 'token', 'revoke', 'me', 'api', 'process', 'stream']
/** What fails together when tokens were issued. */
const THEMES: readonly (readonly Line[])[] = [
  [],
  [],
  ['dynamodb'],
  ['dynamodb'],
  ['dynamodb', 'sqs'],
  ['dynamodb', 'kms'],
  ['sqs', 'revoke'],
]

/** Faults that keep a call from its effect or its caller from knowing it; and all kinds. */
const CRISIS_KINDS = ['before', 'after', 'never', 'lost', 'reset_before', 'stall', 'throttle', undefined]

interface Trouble {
  /** Milliseconds; counted from the beginning, or from the last time that tokens were issued. */
  readonly since: 'start' | 'tokens'
  readonly from: number
  readonly until: number
  readonly likelihood: number
  /** Only writes fail, and reads go on. */
  readonly isOfWrites: boolean
  /** The one fault of an outage; without, faults of all kinds. */
  readonly kind: string | undefined
}

/** How likely a fault is at a moment, and of which kind alone. */
type Present = Pick<Trouble, 'likelihood'> & Partial<Pick<Trouble, 'kind'>>

export interface Happened {
  readonly id: string
  readonly kind: string
  readonly at: number
}

export class Weather {
  readonly happened: Happened[] = []
  /** From when on nothing goes wrong any more. */
  readonly calmAt: number
  readonly #seed: number
  readonly #now: () => number
  readonly #from: number
  readonly #allowed: ReadonlySet<string> | undefined
  readonly #lines = new Map<Line, { readonly base: number; readonly troubles: readonly Trouble[] }>()
  readonly #counts = new Map<Line, number>()
  readonly #weights: Record<string, number> = {}
  #tokensAt = Number.POSITIVE_INFINITY

  constructor(seed: number, now: () => number, from: number, calmAt: number, allowed?: ReadonlySet<string>) {
    this.#seed = seed
    this.#now = now
    this.#from = from
    this.#allowed = allowed
    this.calmAt = calmAt
    const chance = new Chance(seed, 'weather')
    for (const kind of new Set<string>([...AWS_FAULTS, ...PROVIDER_FAULTS, 'killed', 'paused'])) {
      this.#weights[kind] = chance.pick([0, 1, 1, 4])
    }
    const isCalm = chance.isLikely(0.05)
    const theme = new Set<Line>(chance.pick(THEMES))
    const crisis = this.#crisis(chance)
    for (const line of LINES) {
      const base = chance.pick(BASES[line] ?? [0, 0, 0, 0.02, 0.1])
      const count = chance.pick(line === 'process' ? [0, 0, 0, 1] : [0, 0, 0, 1, 1, 2])
      const troubles = Array.from({ length: count }, () => this.#trouble(chance, line))
      if (theme.has(line)) troubles.push({ ...crisis, kind: chance.pick(CRISIS_KINDS) })
      this.#lines.set(line, isCalm ? { base: 0, troubles: [] } : { base, troubles })
    }
  }

  /** Decides whether something goes wrong now, and what. */
  fault<K extends string>(line: Line, kinds: readonly K[], isWrite = true): Fault<K> | undefined {
    const count = (this.#counts.get(line) ?? 0) + 1
    this.#counts.set(line, count)
    const { likelihood, kind: only } = this.#present(line, isWrite)
    if (likelihood === 0) return undefined
    const id = `${line}#${count}`
    const chance = new Chance(this.#seed, id)
    if (!chance.isLikely(likelihood)) return undefined
    const weights = Object.fromEntries(kinds.map((kind) => [kind, this.#weights[kind] ?? 0]))
    const isOnly = only !== undefined && only in weights
    if (!isOnly && Object.values(weights).every((weight) => weight === 0)) return undefined
    if (this.#allowed !== undefined && !this.#allowed.has(id)) return undefined
    const kind = (isOnly ? only : chance.weighted(weights)) as K
    this.happened.push({ id, kind, at: this.#now() })
    return { kind, chance }
  }

  /** The provider has issued tokens: the moment at which a fault does most harm. */
  noteTokens(): void {
    this.#tokensAt = this.#now()
  }

  /** How likely a fault is now, and which one. */
  #present(line: Line, isWrite: boolean): Present {
    const now = this.#now()
    if (now >= this.calmAt) return { likelihood: 0 }
    const { base, troubles } = this.#lines.get(line) ?? { base: 0, troubles: [] }
    let present: Present = { likelihood: base }
    for (const trouble of troubles) {
      if (trouble.isOfWrites && !isWrite) continue
      const since = now - (trouble.since === 'start' ? this.#from : this.#tokensAt)
      const isOn = since >= trouble.from && since < trouble.until
      if (isOn && trouble.likelihood > present.likelihood) present = trouble
    }
    return present
  }

  #trouble(chance: Chance, line: Line): Trouble {
    const since = chance.pick(['start', 'tokens'] as const)
    const from = since === 'start' ? chance.pick([0, 0, 1]) * chance.below(this.calmAt - this.#from) : 0
    const length = chance.pick([200, 2_000, 10_000, 15_000, 30_000, 120_000])
    const likelihood = line === 'process' ? chance.pick([0.02, 0.1]) : chance.pick([0.3, 0.7, 1])
    const kinds: readonly string[] = line in BASES ? PROVIDER_FAULTS : AWS_FAULTS
    const kind = chance.isLikely(0.5) ? chance.pick(kinds) : undefined
    return { since, from, until: from + length, likelihood, isOfWrites: chance.isLikely(0.3), kind }
  }

  /** Trouble at the moment at which it does most harm: when tokens were issued. */
  #crisis(chance: Chance): Omit<Trouble, 'kind'> {
    const until = chance.pick([1_500, 5_000, 12_000, 30_000, 45_000])
    const likelihood = chance.pick([0.5, 1])
    return { since: 'tokens', from: 0, until, likelihood, isOfWrites: chance.isLikely(0.5) }
  }
}
