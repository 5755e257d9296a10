// Hosts of ClickFunnels that left calls of an app without an answer, in DynamoDB.
import {
  COUNTED_SECONDS,
  MAX_TIMEOUTS,
  OPEN_SECONDS,
  type Place,
  type SlowHost,
  type SlowHosts,
} from '#domain/proxy/breaker.ts'
import type { EpochSeconds } from '#domain/time.ts'
import type { Item } from '../expressions.ts'
import { TTL_ATTRIBUTE } from '../schema.ts'
import type { Table } from '../table.ts'
import { slowHostKey } from './keys.ts'

/** How long an item is kept after its last timeout, for an operator who investigates. */
const MEMORY_SECONDS = 60 * 60

export class DynamoDbSlowHosts implements SlowHosts {
  readonly #table: Table

  constructor(table: Table) {
    this.#table = table
  }

  async get(place: Place): Promise<SlowHost | undefined> {
    const item = await this.#table.get(slowHostKey(place))
    return item && slowHost(item)
  }

  async count(place: Place, now: EpochSeconds): Promise<SlowHost> {
    const key = slowHostKey(place)
    const times = { last: now, [TTL_ATTRIBUTE]: now + MEMORY_SECONDS }
    const values = { ':from': now - COUNTED_SECONDS, ':open': now - OPEN_SECONDS, ':max': MAX_TIMEOUTS }
    const names = { '#since': 'since', '#last': 'last', '#timeouts': 'timeouts' }
    const belongs = '#since > :from OR (#timeouts >= :max AND #last > :open)'
    const added = await this.#table.update(
      key,
      { set: times, add: { timeouts: 1 } },
      { expression: belongs, names, values },
    )
    if (added !== undefined) return slowHost(added)
    const begun = await this.#table.update(
      key,
      { set: { ...times, timeouts: 1, since: now }, remove: ['canaryAt'] },
      { expression: `attribute_not_exists(pk) OR NOT (${belongs})`, names, values },
    )
    // Another process began the count meanwhile, so this timeout is added to it.
    return begun === undefined ? this.count(place, now) : slowHost(begun)
  }

  async claimCanary(place: Place, read: SlowHost, now: EpochSeconds): Promise<boolean> {
    const { canaryAt } = read
    const condition = {
      expression: `#since = :since AND ${canaryAt === undefined ? 'attribute_not_exists(canaryAt)' : 'canaryAt = :canaryAt'}`,
      names: { '#since': 'since' },
      values: { ':since': read.since, ...(canaryAt !== undefined && { ':canaryAt': canaryAt }) },
    }
    const change = { set: { canaryAt: now } }
    return (await this.#table.update(slowHostKey(place), change, condition)) !== undefined
  }

  async clear(place: Place, { since }: SlowHost): Promise<void> {
    await this.#table.update(
      slowHostKey(place),
      { set: { timeouts: 0 } },
      { expression: '#since = :since', names: { '#since': 'since' }, values: { ':since': since } },
    )
  }
}

function slowHost({ timeouts, since, last, canaryAt }: Item): SlowHost {
  return {
    timeouts: Number(timeouts),
    since: Number(since) as EpochSeconds,
    last: Number(last) as EpochSeconds,
    ...(canaryAt !== undefined && { canaryAt: Number(canaryAt) as EpochSeconds }),
  }
}
