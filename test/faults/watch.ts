// Watches a run: every state of the connection, and every token set that the provider issued. What must never happen,
// not even for a moment, is a violation at once.

import { type Connection, type Lease, NO_OWNER, QUEUED, tokenOf } from '#domain/connections/connection.ts'
import type { TokenOutcome } from '#domain/provider/authorization-server.ts'
import type { Sealed } from '#domain/vault/vault.ts'
import type { TokenRow } from '../fakes/tokens.ts'
import type { FakeServices } from '../fakes.ts'
import type { Process } from './process.ts'

export class Violation extends Error {
  override readonly name = 'Violation'
}

/** A token set that the provider issued during the run. */
export interface Issued {
  readonly row: TokenRow
  readonly to: Process
  readonly metAtIssue: Process['met']
  /** Whether the process that asked received it. */
  isDelivered: boolean
}

interface Presentation {
  readonly by: Process
  readonly token: string
  isOver: boolean
}

export class Watch {
  readonly trace: string[] = []
  readonly issued: Issued[] = []
  /** Access tokens that were at any time in the connection, on the recovery queue or in a revocation. */
  readonly kept = new Set<string>()
  /** Access tokens that were in the connection, in order. */
  readonly stored: string[] = []
  /** The generation that a reconnect of the end user put in place. */
  reconnectedAt: number | undefined
  isGone = false
  readonly #base: FakeServices
  readonly #first: Connection
  readonly #presentations: Presentation[] = []
  readonly #seen = new Set<string>()
  #generation = 0
  #lease: Lease | undefined

  constructor(base: FakeServices, connection: Connection) {
    this.#base = base
    this.#first = connection
  }

  note(what: string): void {
    const at = this.#base.clock.milliseconds() - Date.UTC(2026, 0, 1)
    this.trace.push(`${(at / 1000).toFixed(3).padStart(10)}  ${what}`)
  }

  connection(): Connection | undefined {
    return this.#base.connections.items.get(`${this.#first.tenantId}/${this.#first.id}`)
  }

  rowName(token: string): string {
    return `row ${this.#base.clickfunnels.tokens.rows.findIndex(({ accessToken, refreshToken }) =>
      [accessToken, refreshToken].includes(token),
    )}`
  }

  noteIssued(answer: TokenOutcome, to: Process): void {
    const row = this.#rowOf(answer)
    this.note(`the provider answers ${to.name}: ${row ? this.rowName(row.accessToken) : answer.outcome}`)
    if (row !== undefined) this.issued.push({ row, to, metAtIssue: { ...to.met }, isDelivered: false })
  }

  noteDelivered(answer: TokenOutcome): void {
    const row = this.#rowOf(answer)
    const issued = this.issued.find((one) => one.row === row)
    if (issued !== undefined) issued.isDelivered = true
  }

  /** Notes that a process presents a refresh token. No other process may be waiting for an answer to the same one. */
  present(token: string, by: Process): Presentation {
    const other = this.#presentations.find((one) => one.token === token && !one.isOver && isLiving(one.by))
    if (other !== undefined && !by.hasFrozen && !other.by.hasFrozen) {
      throw new Violation(`${by.name} presents the refresh token that ${other.by.name} waits for`)
    }
    const presentation = { by, token, isOver: false }
    this.#presentations.push(presentation)
    return presentation
  }

  /** Looks at the connection, the revocations and the recovery queue after every turn. */
  async look(): Promise<void> {
    const connection = this.connection()
    if (connection === undefined) {
      if (!this.isGone) this.note('the connection is gone')
      this.isGone = true
    } else await this.#lookAt(connection)
    for (const revocation of this.#base.revocations.items.values())
      await this.#keep(revocation.id, revocation.record, revocation)
    for (const { ref, generation, credential } of this.#base.recoveryQueue.sent) {
      const holder = { generation: generation + 1, ...credential }
      await this.#keep(`queue/${generation}/${String(credential.accessToken)}`, ref.connectionId, holder)
    }
  }

  async #lookAt({ id, generation, credential, lease }: Connection): Promise<void> {
    if (this.isGone) throw new Violation('A connection came back after it was disconnected')
    if (generation < this.#generation)
      throw new Violation(`Generation ${generation} after ${this.#generation}`)
    const moved = generation > this.#generation
    this.#generation = generation
    const before = this.#lease
    this.#lease = lease
    const isOwned = lease !== undefined && lease.owner !== NO_OWNER && lease.owner !== QUEUED
    const isTaken = isOwned && lease.owner !== before?.owner
    if (!moved && before && isTaken && before.until > this.#base.now()) {
      throw new Violation(`The lease of ${before.owner} was live when ${lease.owner} got one`)
    }
    if (!moved) return
    const token = await this.#keep(`${id}/${generation}`, id, { generation, ...credential })
    if (token === undefined) return
    this.stored.push(token)
    this.note(`stored: generation ${generation}, ${this.rowName(token)}`)
    const row = this.rowOfToken(token)
    if (row?.parent === undefined && generation > 1) this.reconnectedAt = generation
  }

  rowOfToken(token: string): TokenRow | undefined {
    return this.#base.clickfunnels.tokens.find(token)
  }

  async #keep(
    key: string,
    record: string,
    { generation, accessToken }: { readonly generation: number; readonly accessToken: Sealed },
  ): Promise<string | undefined> {
    if (this.#seen.has(key)) return undefined
    this.#seen.add(key)
    const binding = tokenOf(this.#first.tenantId, record, generation, 'access_token')
    const token = (await this.#base.vault.open(binding, accessToken)).reveal()
    this.kept.add(token)
    return token
  }

  #rowOf(answer: TokenOutcome): TokenRow | undefined {
    return answer.outcome === 'granted' ? this.rowOfToken(answer.tokens.accessToken.reveal()) : undefined
  }
}

function isLiving({ killedAt }: Process): boolean {
  return killedAt === undefined
}
