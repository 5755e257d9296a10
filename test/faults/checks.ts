// What must hold once everything is quiet again. A token set is lost if it is valid at the provider and this service
// neither stores nor revokes it, although a process once had it and could have stored it.
import { type Connection, NO_OWNER } from '#domain/connections/connection.ts'
import type { TokenRow } from '../fakes/tokens.ts'
import type { FakeServices } from '../fakes.ts'
import type { Mode } from './plan.ts'
import { type Issued, Violation, type Watch } from './watch.ts'

export type Ending = 'active' | 'answer_lost' | 'disconnected'

/** Says how the run ended. @throws Violation */
export function endingOf(mode: Mode, watch: Watch): Ending {
  const connection = watch.connection()
  if (connection === undefined) return 'disconnected'
  if (connection.lease !== undefined && connection.lease.owner !== NO_OWNER) {
    throw new Violation('The lease was never given back')
  }
  if (connection.state.status === 'active') return 'active'
  const { reason } = connection.state
  if (mode === 'rotating')
    throw new Violation(`The end user is needed (${reason}), though every answer can be had again`)
  if (reason !== 'answer_lost') throw new Violation(`The end user is needed because of ${reason}`)
  const stored = watch.stored.at(-1)
  const lost = watch.issued.find(({ row }) => row.parent?.accessToken === stored && !row.revoked)
  if (lost === undefined) throw new Violation('The end user is needed, but no answer was lost')
  if (!isBeyondUs(lost) || watch.kept.has(lost.row.accessToken)) {
    throw new Violation(
      `The end user is needed, but ${lost.to.name} could have kept ${watch.rowName(lost.row.accessToken)}`,
    )
  }
  return 'answer_lost'
}

/** Whether no process could store this token set: it never arrived, its process was killed, or every store failed. */
export function isBeyondUs({ isDelivered, to, metAtIssue, row }: Issued): boolean {
  if (!isDelivered || to.killedAt !== undefined) return true
  const failed = (part: 'queue' | 'store' | 'vault') => (to.met[part] ?? 0) > (metAtIssue[part] ?? 0)
  // A first grant has no recovery queue, because its end user is present and tries again.
  return row.parent === undefined ? failed('store') || failed('vault') : failed('queue')
}

/** Checks that no token set was lost. Gives the number of those that no process could store. @throws Violation */
export function checkRows(mode: Mode, services: FakeServices, watch: Watch): number {
  const stored = watch.connection() === undefined ? undefined : watch.stored.at(-1)
  let beyond = 0
  for (const row of services.clickfunnels.tokens.rows) {
    if (row.revoked || row.accessToken === stored) continue
    if (mode === 'rotating' && isSuperseded(row, watch)) continue
    const issued = watch.issued.find((one) => one.row === row)
    const name = watch.rowName(row.accessToken)
    if (issued === undefined || watch.kept.has(row.accessToken))
      throw new Violation(`${name} was stored and forgotten`)
    if (!isBeyondUs(issued)) throw new Violation(`${name} reached ${issued.to.name} and was forgotten`)
    beyond += 1
  }
  return beyond
}

/**
 * In Doorkeeper's default mode the first use of a token set ends the one before it. A token set that was replaced
 * before its first use leaves the one before it valid.
 */
function isSuperseded(row: TokenRow, watch: Watch): boolean {
  const at = watch.stored.indexOf(row.accessToken)
  return at >= 0 && watch.stored.some((token, index) => index > at && watch.rowOfToken(token)?.parent === row)
}

/** Checks that after a reconnect the stored tokens come from it. @throws Violation */
export function checkReconnect(watch: Watch, connection: Connection): void {
  if (watch.reconnectedAt === undefined) return
  const grant = watch.stored[watch.reconnectedAt - 1]
  for (let row = watch.rowOfToken(watch.stored.at(-1) ?? ''); row !== undefined; row = row.parent) {
    if (row.accessToken === grant) return
  }
  throw new Violation(`Generation ${connection.generation} does not come from the reconnect`)
}
