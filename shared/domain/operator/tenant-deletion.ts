// Deletes a tenant for good: revokes its tokens at ClickFunnels, deletes its keys (crypto-shredding) and erases its items.
// A call works for 8 s and says how far it has come. The next call, or the hourly run of rotate-keys, continues.
//
//   suspended ─▶ deleting: revoking ─▶ keys shredded ─▶ erasing ─▶ deleted (a tombstone: id, name, times)
//
// Without the keys no token can be read, and so none revoked. So the keys stay until all tokens are revoked, unless the operator
// decides otherwise.
import type { Ambient } from '../ambient.ts'
import { ServiceError } from '../errors.ts'
import type { TenantId } from '../ids.ts'
import { attemptRevocation } from '../revocation/revocation.ts'
import { findTenant } from '../tenants/manage-tenants.ts'
import type { TenancyPorts } from '../tenants/ports.ts'
import { isLiving, type Tenant } from '../tenants/tenant.ts'
import { type Deadline, deadlineIn, type EpochSeconds, later } from '../time.ts'
import type { DisconnectPorts } from '../tokens/disconnect.ts'
import type { VaultPorts } from '../vault/ports.ts'
import { CALL_SECONDS, type RevocationReport, revokeMany } from './mass-revocation.ts'
import type { OperatorPorts } from './ports.ts'

/** How many revocations are attempted at the same time. */
const WIDTH = 16
const ERASED_AT_ONCE = 100

export interface DeletionReport extends Omit<RevocationReport, 'processed'> {
  readonly stage: 'revoking' | 'erasing' | 'deleted'
  /** How many items of the store this call erased. */
  readonly erased: number
}

type Erasing = Pick<
  Ambient & TenancyPorts & VaultPorts & OperatorPorts,
  'now' | 'tenants' | 'tenantKeys' | 'tenantRemains' | 'log'
>
type Ports = Erasing & DisconnectPorts

/**
 * Starts or continues the deletion of a tenant. Repeated for a deleted tenant it does nothing.
 * @param revoke whether to revoke the tokens at ClickFunnels before the keys are deleted
 * @throws ServiceError not_found; tenant_not_suspended
 */
export async function deleteTenant(services: Ports, id: TenantId, revoke: boolean): Promise<DeletionReport> {
  const tenant = await beginDeletion(services, id)
  const nothing = { revoked: 0, owed: 0, failed: 0, erased: 0 }
  if (tenant.status === 'deleted') return { stage: 'deleted', ...nothing }
  const shredded = (await services.tenantKeys.list(id)).shreddedAt !== undefined
  if (shredded || !revoke) return { ...nothing, ...(await eraseTenant(services, tenant)) }
  const until = later(services.now(), CALL_SECONDS)
  const deadline = deadlineIn(services.now())
  const { report, next } = await revokeMany(services, id, {}, undefined)
  const { revoked, failed } = report
  if (next !== undefined) return { stage: 'revoking', revoked, owed: report.owed, failed, erased: 0 }
  const revocations = await attemptRevocations(services, id, until, deadline)
  const counts = { revoked: revoked + revocations.done, owed: revocations.owed, failed }
  if (failed > 0 || revocations.owed > 0 || revocations.more)
    return { stage: 'revoking', ...counts, erased: 0 }
  return { ...counts, ...(await eraseTenant(services, tenant)) }
}

/** Shreds the keys of a tenant that is being deleted and erases its items, for 8 s at most. */
export async function eraseTenant(
  services: Erasing,
  tenant: Tenant,
): Promise<Pick<DeletionReport, 'stage' | 'erased'>> {
  const until = later(services.now(), CALL_SECONDS)
  await services.tenantKeys.shred(tenant.id)
  for (let erased = 0; ; ) {
    const count = await services.tenantRemains.erase(tenant.id, ERASED_AT_ONCE)
    erased += count
    if (count === 0) {
      await services.tenants.replaceWithTombstone(tenant, services.now())
      services.log.warn('A tenant was deleted', { tenant: tenant.id })
      return { stage: 'deleted', erased }
    }
    if (services.now() >= until) return { stage: 'erasing', erased }
  }
}

/** Begins the deletion of a suspended tenant, which cannot be resumed from then on. Gives the tenant as it is now. */
async function beginDeletion(
  services: Pick<Ambient & TenancyPorts, 'now' | 'tenants' | 'log'>,
  id: TenantId,
): Promise<Tenant> {
  const tenant = await findTenant(services, id)
  if (!isLiving(tenant)) return tenant
  if (tenant.status === 'suspended') {
    if (await services.tenants.beginDeletion(id, services.now())) {
      services.log.warn('The deletion of a tenant begins', { tenant: id })
      return { ...tenant, status: 'deleting' }
    }
    // Another call began the deletion or resumed the tenant in the meantime.
    const since = await findTenant(services, id)
    if (!isLiving(since)) return since
  }
  throw new ServiceError(
    'tenant_not_suspended',
    'The tenant is active. Suspend it before you delete it: what is deleted cannot be restored.',
  )
}

/** Attempts every stored revocation of the tenant, due or not, until ClickFunnels does not take one. */
async function attemptRevocations(
  services: Ports,
  id: TenantId,
  until: EpochSeconds,
  deadline: Deadline,
): Promise<{ readonly done: number; readonly owed: number; readonly more: boolean }> {
  for (let done = 0; ; ) {
    const revocations = await services.revocations.ofTenant(id, WIDTH)
    const outcomes = await Promise.all(
      revocations.map((revocation) => attemptRevocation(services, revocation, deadline)),
    )
    const settled = outcomes.filter((outcome) => outcome === 'settled').length
    done += settled
    const owed = revocations.length - settled
    const more = revocations.length === WIDTH
    if (owed > 0 || !more || services.now() >= until) return { done, owed, more }
  }
}
