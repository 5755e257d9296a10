// One process of the service. Every call of a port has a gate before and after it, where the process may be killed. A
// killed process has no effect any more. A call that was under way took effect or did not.

import type { Connections } from '#domain/connections/connection-store.ts'
import { ServiceError } from '#domain/errors.ts'
import { HeldRotations } from '#domain/tokens/recovery-queue.ts'
import type { FakeServices } from '../fakes.ts'
import type { CallFault, Part } from './plan.ts'
import { ProviderLine } from './provider-line.ts'
import type { Turns } from './turns.ts'
import type { Watch } from './watch.ts'
import type { Weather } from './weather.ts'

export class Killed extends Error {
  override readonly name = 'Killed'
}

export interface World {
  readonly base: FakeServices
  readonly turns: Turns
  readonly weather: Weather
  readonly watch: Watch
}

interface Fate {
  readonly killAt?: number | undefined
  readonly freeze?: { readonly gate: number; readonly milliseconds: number } | undefined
}

/** Which ports belong to which part. The others never fail. */
const PARTS: Readonly<Partial<Record<keyof FakeServices, Part>>> = {
  tenants: 'store',
  apps: 'store',
  sessions: 'store',
  authorizations: 'store',
  connections: 'store',
  revocations: 'store',
  dueIndex: 'store',
  vault: 'vault',
  recoveryQueue: 'queue',
  resourceServer: 'provider',
}
const MAY_REPEAT: ReadonlySet<string> = new Set<`connections.${keyof Connections}`>([
  'connections.update',
  'connections.acquireLease',
])

export class Process {
  readonly name: string
  readonly services: FakeServices
  /** Faults that this process met, by part. */
  readonly met: Partial<Record<Part, number>> = {}
  killedAt: string | undefined
  gates = 0
  hasFrozen = false
  readonly #world: World
  readonly #fate: Fate

  constructor(name: string, world: World, fate: Fate = {}) {
    this.name = name
    this.#world = world
    this.#fate = fate
    const { base, turns } = world
    const wrapped = Object.entries(PARTS).map(([port, part]) => {
      const name = port as keyof FakeServices
      return [name, this.#wrap(name, base[name] as object, part)]
    })
    this.services = {
      ...base,
      ...(Object.fromEntries(wrapped) as Partial<FakeServices>),
      authorizationServer: new ProviderLine(this, world),
      // They die with the process.
      heldRotations: new HeldRotations(),
      sleep: async (milliseconds) => {
        this.#live()
        await turns.wait(milliseconds)
        this.#live()
      },
    }
  }

  /** A point at which the process may be killed. It takes some time to pass. */
  async gate(label: string, milliseconds: number = this.#world.weather.delay()): Promise<void> {
    this.#live()
    const { turns, weather, watch } = this.#world
    const { killAt, freeze } = this.#fate
    this.gates += 1
    const gate = this.gates
    await turns.wait(milliseconds)
    this.#live()
    if (gate === freeze?.gate) {
      this.hasFrozen = true
      weather.count('frozen')
      watch.note(`${this.name} stands still for ${freeze.milliseconds} ms at ${label}`)
      await turns.wait(freeze.milliseconds)
      this.#live()
    }
    if (gate === killAt) {
      this.killedAt = label
      weather.count('killed')
      watch.note(`${this.name} KILLED at ${label}`)
    }
    this.#live()
  }

  async call<T>(label: string, part: Part, work: () => Promise<T>): Promise<T> {
    const { weather, watch } = this.#world
    await this.gate(`${label} before`)
    const fault = part === 'provider' ? undefined : weather.faultOf(part, MAY_REPEAT.has(label))
    if (fault !== undefined) this.#meet(label, part, fault)
    if (fault === 'before') throw unavailable()
    let result = await work()
    if (fault === 'repeated') result = await work()
    watch.note(`${this.name} ${label}${typeof result === 'boolean' ? ` -> ${result}` : ''}`)
    await this.gate(`${label} after`)
    if (fault === 'after') throw unavailable()
    return result
  }

  #meet(label: string, part: Part, fault: CallFault): void {
    this.met[part] = (this.met[part] ?? 0) + 1
    this.#world.watch.note(`${this.name} ${label} FAULT ${fault}`)
  }

  #live(): void {
    if (this.killedAt !== undefined) throw new Killed(`${this.name} was killed at ${this.killedAt}`)
  }

  #wrap<T extends object>(port: string, target: T, part: Part): T {
    return new Proxy(target, {
      get: (_, member) => {
        const value: unknown = Reflect.get(target, member, target)
        if (typeof value !== 'function') return value
        return (...args: unknown[]) =>
          this.call(`${port}.${String(member)}`, part, () => value.apply(target, args) as Promise<unknown>)
      },
    })
  }
}

function unavailable(): ServiceError {
  return new ServiceError('storage_unavailable', 'The store did not answer in time.')
}
