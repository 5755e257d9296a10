// What the operator does with keys: lists those of a tenant, rotates them, and deletes them for good.
import type { Ambient } from '../ambient.ts'
import { ServiceError } from '../errors.ts'
import type { TenantId } from '../ids.ts'
import { findTenant } from '../tenants/manage-tenants.ts'
import type { TenancyPorts } from '../tenants/ports.ts'
import type { KeyRing } from '../vault/key-ring.ts'
import type { VaultPorts } from '../vault/ports.ts'

type Ports = Pick<TenancyPorts & VaultPorts & Ambient, 'tenants' | 'tenantKeys' | 'log'>

/** @throws ServiceError not_found */
export async function findKeys(services: Ports, id: TenantId): Promise<KeyRing> {
  await findTenant(services, id)
  return services.tenantKeys.list(id)
}

/**
 * Rotates a tenant's key. This process seals with the new one at once, other processes within five minutes.
 * @throws ServiceError not_found; tenant_shredded; kms_key_unavailable
 */
export async function rotateTenantKey(services: Ports, id: TenantId): Promise<KeyRing> {
  const { kmsKeyArn } = await findTenant(services, id)
  const version = await services.tenantKeys.rotate(id, kmsKeyArn)
  services.log.info("A tenant's key was rotated", { tenant: id, version })
  return services.tenantKeys.list(id)
}

/** Rotates the root keys. The next run of the key rotation wraps tenants' keys with the new ones. */
export async function rotateRootKeys(
  services: Pick<VaultPorts & Ambient, 'rootKeys' | 'log'>,
): Promise<number> {
  const version = await services.rootKeys.rotate()
  services.log.info('Root keys were rotated', { version })
  return version
}

/**
 * Deletes the keys of a suspended tenant. Everything that was sealed for it is lost for good.
 * @throws ServiceError not_found; tenant_not_suspended
 */
export async function shredTenant(services: Ports, id: TenantId): Promise<void> {
  const { status } = await findTenant(services, id)
  if (status !== 'suspended') {
    throw new ServiceError(
      'tenant_not_suspended',
      'The tenant is active. Suspend it before you delete its keys: what they sealed cannot be restored.',
    )
  }
  await services.tenantKeys.shred(id)
  services.log.warn("A tenant's keys were deleted", { tenant: id })
}
