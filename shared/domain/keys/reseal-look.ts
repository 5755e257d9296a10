// One look through all records of a tenant that hold seals. Seals under an older key are made again. A look may be cut off
// between two pages and continued later.
import type { Ambient } from '../ambient.ts'
import { ServiceError } from '../errors.ts'
import type { TenantId } from '../ids.ts'
import type { VaultPorts } from '../vault/ports.ts'
import type { KeyPorts } from './ports.ts'
import { idOf, type Look, resealed, type SealedRecord } from './sealed-records.ts'

/** The message of the log line that an alarm counts. */
export const SECRET_UNREADABLE = 'A stored secret does not open; its key is kept'

const RECORDS_AT_ONCE = 50

type Ports = Pick<KeyPorts & VaultPorts & Ambient, 'sealedRecords' | 'vault' | 'log'>

/** How many records got new seals, were changed by another process at that moment, or do not open. */
export type LookReport = Record<'resealed' | 'overtaken' | 'unreadable', number>

/** Continues a look until it is finished or `mayGoOn` says to stop. What it does is added to the report. */
export async function lookThrough(
  services: Ports,
  tenantId: TenantId,
  begun: Look,
  mayGoOn: () => boolean,
  report: LookReport,
): Promise<{ readonly look: Look; readonly finished: boolean }> {
  let look = begun
  while (mayGoOn()) {
    const { records, next } = await services.sealedRecords.list(tenantId, RECORDS_AT_ONCE, look.after)
    const untouched = await Promise.all(records.map((record) => isUntouched(services, record, report)))
    look = {
      newest: look.newest,
      clean: look.clean && untouched.every(Boolean),
      ...(next && { after: next }),
    }
    if (next === undefined) return { look, finished: true }
  }
  return { look, finished: false }
}

/** Makes a record's seals again if an older key made them; true if there was nothing to do. */
async function isUntouched(services: Ports, read: SealedRecord, report: LookReport): Promise<boolean> {
  try {
    const changed = await resealed(services.vault, read)
    if (changed === undefined) return true
    const replaced = await services.sealedRecords.replaceSeals(read, changed)
    report[replaced ? 'resealed' : 'overtaken'] += 1
  } catch (error) {
    if (!(error instanceof ServiceError) || error.code !== 'secret_unreadable') throw error
    report.unreadable += 1
    const { tenantId: tenant } = read.record
    services.log.error(SECRET_UNREADABLE, {
      tenant,
      record: idOf(read),
      error,
    })
  }
  return false
}
