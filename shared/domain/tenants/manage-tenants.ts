// Creates, lists and changes tenants, for the operator. Their apps: apps/manage-apps.ts. Their API keys:
// callers/manage-api-keys.ts.
import type { Ambient } from '../ambient.ts'
import { ServiceError } from '../errors.ts'
import type { TenantId } from '../ids.ts'
import type { VaultPorts } from '../vault/ports.ts'
import type { TenancyPorts } from './ports.ts'
import { isLiving, type Tenant, type TenantChange } from './tenant.ts'

type TenantInput = Pick<
  Tenant,
  'name' | 'returnUrls' | 'origins' | 'kmsKeyArn' | 'branding' | 'endUsersMayConfirm' | 'limits'
>
type TenantPorts = Pick<
  Ambient & TenancyPorts & VaultPorts,
  'now' | 'newId' | 'tenants' | 'tenantKeys' | 'usage'
>

/** @throws ServiceError kms_key_unavailable when the tenant's own KMS key cannot be used */
export async function createTenant(services: TenantPorts, input: TenantInput): Promise<Tenant> {
  const now = services.now()
  const id = services.newId('tenant')
  // Before the tenant is stored: with a KMS key that cannot be used, the tenant could not work.
  if (input.kmsKeyArn !== undefined) await services.tenantKeys.rotate(id, input.kmsKeyArn)
  const tenant: Tenant = {
    id,
    ...input,
    status: 'active',
    createdAt: now,
    updatedAt: now,
  }
  await services.tenants.create(tenant)
  return tenant
}

/** @throws ServiceError not_found */
export async function findTenant(services: Pick<TenancyPorts, 'tenants'>, id: TenantId): Promise<Tenant> {
  const tenant = await services.tenants.get(id)
  if (tenant === undefined) throw new ServiceError('not_found', 'There is no such tenant.')
  return tenant
}

/** @throws ServiceError not_found; tenant_deleted, also while the tenant is being deleted */
export async function livingTenant(services: Pick<TenancyPorts, 'tenants'>, id: TenantId): Promise<Tenant> {
  const tenant = await findTenant(services, id)
  if (isLiving(tenant)) return tenant
  throw tenantDeleted()
}

export function tenantDeleted(): ServiceError {
  return new ServiceError('tenant_deleted', 'The tenant was deleted or is being deleted.')
}

/** Newest first. `next` is the tenant after which the next page starts, if there are more. */
export async function listTenants(
  services: Pick<TenancyPorts, 'tenants'>,
  limit: number,
  after: TenantId | undefined,
): Promise<{ readonly items: readonly Tenant[]; readonly next?: TenantId }> {
  const found = await services.tenants.newest(limit + 1, after)
  const items = found.slice(0, limit)
  const last = items.at(-1)
  return found.length > limit && last ? { items, next: last.id } : { items }
}

/**
 * Changes a tenant. If its KMS key changes, the tenant's key is rotated, so that the new KMS key protects all new seals.
 * @throws ServiceError not_found; tenant_deleted; kms_key_unavailable; tenant_shredded. Nothing is changed then
 */
export async function updateTenant(
  services: Omit<TenantPorts, 'newId'>,
  id: TenantId,
  change: TenantChange,
): Promise<Tenant> {
  const { kmsKeyArn } = await livingTenant(services, id)
  if (change.kmsKeyArn !== undefined) {
    const wanted = change.kmsKeyArn ?? undefined
    if (wanted !== kmsKeyArn) await services.tenantKeys.rotate(id, wanted)
  }
  const tenant = await services.tenants.update(id, change, services.now())
  if (tenant === undefined) return livingTenant(services, id)
  // The service keeps the count itself. The recount corrects it if the table was edited by other means.
  if (change.limits?.connections !== undefined) await services.usage.recountConnections(id)
  return tenant
}
