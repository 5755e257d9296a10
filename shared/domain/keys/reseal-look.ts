// One look through everything of a tenant that holds seals: what an older key sealed is sealed anew. It may be cut off
// between two pages and gone on with.
import type { Ambient } from '../ambient.ts'
import { ServiceError } from '../errors.ts'
import type { TenantId } from '../ids.ts'
import type { VaultPorts } from '../vault/ports.ts'
import type { KeyPorts } from './ports.ts'
import { idOf, type Look, resealed, type SealedRecord } from './sealed-records.ts'

const RECORDS_AT_ONCE = 50

type Ports = Pick<KeyPorts & VaultPorts & Ambient, 'sealedRecords' | 'vault' | 'log'>

/** How many records were sealed anew, were changed by somebody else at that moment, did not open. */
export type LookReport = Record<'resealed' | 'overtaken' | 'unreadable', number>

/** Goes on with a look until it is through or `mayGoOn` says to stop. What it does is added to the report. */
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

/** Seals a record anew if need be; true if there was nothing to do. */
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
    services.log.error('A stored secret does not open; its key is kept', {
      tenant,
      record: idOf(read),
      error,
    })
  }
  return false
}
