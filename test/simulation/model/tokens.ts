// I1: a pair whose bytes reached a process that lived one second longer is in the table, on the queue or in a revocation,
// until the provider has revoked it. I2: no refresh token is presented while another presentation of it may be open, nor
// after what it brought was stored.
import type { Sandbox } from '../lambda/sandbox.ts'
import type { Arrived } from '../provider/line.ts'
import type { Row, Rows } from '../provider/rows.ts'
import type { Line } from '../weather.ts'
import type { Holdings, StoredConnection } from './holdings.ts'
import { Violation } from './violation.ts'

/** How long a process may take to store what it has. Our clocks are in whole seconds, so one second may be two. */
const STORED_WITHIN_MILLISECONDS = 2_500
/** A process reads its connection and takes the lease before it presents the refresh token. */
const PRESENTED_WITHIN_MILLISECONDS = 10_000

/** So long after its call began a process reads on, and so long after the request at least. */
const READS_ON_MILLISECONDS = 18_000
const READS_AT_LEAST_MILLISECONDS = 9_500

interface Reached {
  readonly row: Row
  readonly process: Sandbox
  readonly at: number
  readonly call: number
  /** Faults of the process's calls since then. */
  readonly faults: Set<Line>
}

export class TokenModel {
  readonly #rows: Rows
  readonly #now: () => number
  readonly #reached: Reached[] = []
  /** When each pair was first in the table. */
  readonly #stored = new Map<Row, number>()
  readonly #presented: { readonly token: string; readonly arrived: Arrived }[] = []
  readonly #logged = new Set<string>()
  /** Access tokens that were on the queue or in a revocation. */
  readonly #kept = new Set<string>()
  #holdings: Holdings | undefined

  constructor(rows: Rows, now: () => number) {
    this.#rows = rows
    this.#now = now
  }

  noteReached(row: Row, process: Sandbox): void {
    this.#reached.push({ row, process, at: this.#now(), call: process.calls, faults: new Set() })
  }

  /** The process had closed the socket when the pair came. @throws Violation I1, if it had the time to wait */
  noteRefused(row: Row, process: Sandbox, sentAt: number): void {
    const now = this.#now()
    const hadTime =
      now - process.calledAt < READS_ON_MILLISECONDS || now - sentAt < READS_AT_LEAST_MILLISECONDS
    if (!hadTime || process.state === 'dead' || process.starved > 0) return
    throw new Violation(
      'I1',
      `${process.name} does not wait for ${row.name}, which comes after ${now - sentAt} ms`,
    )
  }

  noteFault(line: Line, process: Sandbox): void {
    for (const reached of this.#reached) if (reached.process === process) reached.faults.add(line)
  }

  /** @throws Violation I2 */
  notePresented(token: string, arrived: Arrived): void {
    const open = this.#presented.find((one) => one.token === token && one.arrived.isPending)
    if (open) throw new Violation('I2', `${this.#nameOf(token)} is presented twice at the same time`)
    this.#presented.push({ token, arrived })
    for (const [row, storedAt] of this.#stored) {
      const late =
        row.parent?.refreshToken === token && this.#now() - storedAt > PRESENTED_WITHIN_MILLISECONDS
      if (late) throw new Violation('I2', `${this.#nameOf(token)} is presented after ${row.name} was stored`)
    }
  }

  /** We ask ClickFunnels to revoke a pair. @throws Violation I5, if a connection still has it */
  noteRevocation(token: string): void {
    const row = this.#rows.find(token)
    const stored = [...(this.#holdings?.connections.values() ?? [])]
    if (row === undefined || !stored.some(({ accessToken }) => accessToken === row.accessToken)) return
    throw new Violation('I5', `${row.name} is revoked while its connection has it`)
  }

  noteHoldings(holdings: Holdings): void {
    this.#holdings = holdings
    for (const token of [...holdings.queue, ...holdings.revocations]) this.#kept.add(token)
    for (const { accessToken } of holdings.connections.values()) {
      const row = this.#rows.find(accessToken)
      if (row && !this.#stored.has(row)) this.#stored.set(row, this.#now())
    }
  }

  /** @throws Violation I1 */
  check(): void {
    for (const reached of this.#reached) {
      if (this.#isKept(reached.row) || this.#isExcused(reached)) continue
      const { row, process, at } = reached
      const [born, came] = [Math.round(row.issuedAt), Math.round(at)]
      throw new Violation('I1', `${row.name} (issued ${born}) reached ${process.name} at ${came} and is lost`)
    }
  }

  /** A sealed pair is in the log, from which an operator sends it to the queue. */
  noteLogged(accessToken: string): void {
    this.#logged.add(accessToken)
  }

  /** A caller is told to connect again: the tokens that follow the stored ones are not on their way. @throws Violation I3 */
  checkReauthorization({ queue }: Holdings, { accessToken }: StoredConnection): void {
    const queued = this.#rows.all.find(
      (row) => row.parent?.accessToken === accessToken && queue.has(row.accessToken),
    )
    if (queued && this.#rows.isLive(queued)) {
      throw new Violation('I3', `the end user is told to connect again, but ${queued.name} is on the queue`)
    }
  }

  wasStored(row: Row): boolean {
    return this.#stored.has(row)
  }

  /** A pair that was replaced ends with the first use of its successor. Until then it lives, but nothing holds it. */
  wasReplaced(row: Row): boolean {
    return [...this.#stored.keys()].some((stored) => stored.parent === row)
  }

  /** Whether the pair was ever on the queue or in a revocation. */
  wasKept(row: Row): boolean {
    return this.#kept.has(row.accessToken)
  }

  #isKept(row: Row): boolean {
    const { accessToken } = row
    const held = this.#holdings
    if (!this.#rows.isLive(row) || held === undefined) return true
    if (this.#logged.has(accessToken) || held.queue.has(accessToken) || held.revocations.has(accessToken))
      return true
    if ([...held.connections.values()].some((one) => one.accessToken === accessToken)) return true
    return this.wasReplaced(row)
  }

  #isExcused({ row, process, at, call, faults }: Reached): boolean {
    const within = STORED_WITHIN_MILLISECONDS + process.starved
    if (this.#now() - at < within) return true
    // A first grant has no queue: its end user is there, and tries again.
    const isFirst = row.parent === undefined
    if (isFirst && faults.size > 0) return true
    const everyStoreFailed = isFirst || (faults.has('dynamodb') && faults.has('sqs'))
    if (process.endedAt !== undefined) {
      return process.endedAt - at < within || everyStoreFailed
    }
    // It has them in hand, and cannot store them yet.
    const isHindered = isFirst || faults.has('dynamodb') || faults.has('sqs') || faults.has('kms')
    return process.isBusy && process.calls === call && isHindered
  }

  #nameOf(token: string): string {
    return `the refresh token of ${this.#rows.find(token)?.name ?? 'an unknown pair'}`
  }
}
