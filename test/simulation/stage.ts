// One run's world: time, weather, AWS, ClickFunnels, Lambda and the callers, put together. It lets events happen one by
// one, and looks after each whether something is so that must not be.
import type { FunctionName } from '#runtime/env.ts'
import type { Bundle } from './bundle.ts'
import { Chance } from './chance.ts'
import { Client } from './client.ts'
import { followTime, START } from './clocks.ts'
import { LambdaHost } from './lambda/host.ts'
import { Sandbox } from './lambda/sandbox.ts'
import { Storage, type Vault } from './model/holdings.ts'
import { Observer } from './model/observer.ts'
import { TokenModel } from './model/tokens.ts'
import { ClickFunnels, type ProviderSettings } from './provider/clickfunnels.ts'
import { renewClients } from './sdk.ts'
import { Timeline } from './timeline.ts'
import { Weather } from './weather.ts'
import { connectWires } from './wires.ts'
import { KEY_ARN, RECOVERY_QUEUE, TABLE } from './world/our-aws.ts'
import type { World } from './world/world.ts'

/** What all runs of this process share. */
export interface Parts {
  readonly bundle: Bundle
  readonly libraries: ReadonlyMap<string, unknown>
}

export interface StageSettings {
  readonly seed: number
  readonly world: World
  readonly vault?: Vault
  readonly provider: ProviderSettings
  readonly secrets: readonly string[]
  /** Milliseconds of virtual time. */
  readonly from: number
  readonly calmAt: number
  readonly allowed?: ReadonlySet<string> | undefined
}

export const PUBLIC_URL = 'https://connect.example.com'

export class Stage {
  readonly timeline: Timeline
  readonly weather: Weather
  readonly world: World
  readonly provider: ClickFunnels
  readonly host: LambdaHost
  readonly client: Client
  readonly chance: Chance
  readonly tokens: TokenModel
  readonly observer: Observer
  /** Called after every event. */
  readonly watchers: (() => void)[] = []
  /** Called with the partition of an event that was put in the outbox. */
  onStreamed: (partition: string) => void = () => {}
  readonly #storage: Storage | undefined
  #isChanged = true
  #failure: { readonly error: unknown } | undefined
  #paused: { readonly process: Sandbox; readonly milliseconds: number } | undefined

  constructor({ bundle, libraries }: Parts, settings: StageSettings) {
    const { seed, world, vault, from, calmAt, allowed } = settings
    this.timeline = new Timeline(new Chance(seed, 'order').next)
    this.timeline.now = from
    const now = () => this.timeline.now
    this.weather = new Weather(seed, now, from, calmAt, allowed)
    this.world = world
    this.#storage = vault && new Storage(world, vault)
    this.chance = new Chance(seed, 'stage')
    this.provider = new ClickFunnels(settings.provider, settings.secrets, now, new Chance(seed, 'provider'), {
      onIssued: (row) => {
        this.weather.noteTokens()
        this.note(`ClickFunnels issues ${row.name}${row.parent ? ` after ${row.parent.name}` : ''}`)
      },
    })
    this.tokens = new TokenModel(this.provider.rows, now)
    this.observer = new Observer(now, this.tokens, this.#storage, (error) => this.fail(error))
    this.host = new LambdaHost({
      timeline: this.timeline,
      weather: this.weather,
      seed,
      bundle,
      libraries,
      environment,
      onLog: (sandbox, line) => this.observer.noteLog(sandbox, line),
      onEnd: (sandbox, outcome) => this.note(`${sandbox.name} ${outcome.kind}`),
    })
    this.client = new Client(this.host)
    connectWires(this, new Chance(seed, 'latency'))
  }

  /** Milliseconds since the epoch. */
  readonly wall = (): number => START + this.timeline.now

  readonly note = (what: string): void => this.observer.note(what)

  /** Says that something must not be so; the run ends after the present event. */
  fail(error: unknown): void {
    this.#failure ??= { error }
  }

  readonly noteChange = (): void => {
    this.#isChanged = true
  }

  /** Lets events happen until the task is done. @throws Violation */
  async drive(task: Promise<unknown>): Promise<void> {
    let isOver = false
    task.then(
      () => {
        isOver = true
      },
      (error) => this.fail(error),
    )
    followTime(this.timeline)
    try {
      while (!isOver) {
        const happened = await this.timeline.step((event) => this.#mayRun(event.owner))
        if (happened) this.#look()
        if (this.#failure) throw this.#failure.error
        if (!happened && !isOver) throw new Error('Nothing is left to happen')
      }
    } finally {
      followTime(undefined)
      renewClients()
    }
  }

  holdings() {
    return this.#storage?.look()
  }

  /** A caller was told to connect again. @throws Violation I3 */
  noteReauthorization(connection: string): void {
    const held = this.holdings()
    const stored = held?.connections.get(connection)
    if (held !== undefined && stored !== undefined) this.tokens.checkReauthorization(held, stored)
  }

  #look(): void {
    if (this.#paused) this.#pause(this.#paused.process, this.#paused.milliseconds)
    try {
      const held = this.#isChanged ? this.#storage?.look() : undefined
      this.#isChanged = false
      if (held) {
        this.tokens.noteHoldings(held)
        this.observer.noteHoldings(held)
      }
      this.tokens.check()
      for (const watch of this.watchers) watch()
    } catch (error) {
      this.fail(error)
    }
  }

  #mayRun(owner: unknown): boolean {
    if (!(owner instanceof Sandbox)) return true
    const fault = this.weather.fault('process', ['killed', 'paused'] as const)
    if (fault?.kind === 'killed') {
      this.note(`${owner.name} KILLED`)
      this.host.kill(owner)
      return false
    }
    if (fault) this.#paused = { process: owner, milliseconds: fault.chance.logUniform(1_000, 60_000) }
    return true
  }

  #pause(process: Sandbox, milliseconds: number): void {
    this.#paused = undefined
    if (process.state !== 'running') return
    this.note(`${process.name} gets no CPU for ${Math.round(milliseconds)} ms`)
    process.state = 'frozen'
    process.starved += milliseconds
    this.timeline.outside(milliseconds, () => {
      if (process.state === 'frozen' && process.isBusy) process.state = 'running'
    })
  }
}

function environment(name: FunctionName): Readonly<Record<string, string>> {
  return {
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_RUNTIME_API: 'runtime.invalid',
    TABLE_NAME: TABLE.name,
    PUBLIC_URL,
    ROOT_KEY_ARN: KEY_ARN,
    RECOVERY_QUEUE_URL: RECOVERY_QUEUE.url,
    // The tenants of a run have no webhook endpoints, so nothing is sent to it.
    WEBHOOK_QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/111122223333/senders',
    CLICKFUNNELS_PROFILE: 'clickfunnels',
    AUDIT_RETENTION_DAYS: '400',
    OPERATOR_NAME: 'Funnel Connect',
    EVENT_RETENTION_DAYS: '90',
  }
}
