// What the operator does with keys: looks at a tenant's, rotates, and deletes them for good.
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
 * Rotates a tenant's key: new seals are made with the new one at once, or within minutes in other processes.
 * @throws ServiceError not_found; tenant_shredded; kms_key_unavailable
 */
export async function rotateTenantKey(services: Ports, id: TenantId): Promise<KeyRing> {
  const { kmsKeyArn } = await findTenant(services, id)
  const version = await services.tenantKeys.rotate(id, kmsKeyArn)
  services.log.info("A tenant's key was rotated", { tenant: id, version })
  return services.tenantKeys.list(id)
}

/** Rotates the root keys; tenants' keys are wrapped anew by the next run of the rotation. */
export async function rotateRootKeys(
  services: Pick<VaultPorts & Ambient, 'rootKeys' | 'log'>,
): Promise<number> {
  const version = await services.rootKeys.rotate()
  services.log.info('Root keys were rotated', { version })
  return version
}

/**
 * Deletes the keys of a suspended tenant: whatever was sealed for it is lost, to everybody and for good.
 * @throws ServiceError not_found; tenant_not_suspended
 */
export async function shredTenant(services: Ports, id: TenantId): Promise<void> {
  const { status } = await findTenant(services, id)
  if (status !== 'suspended') {
    throw new ServiceError(
      'tenant_not_suspended',
      'The keys of a tenant that is active are not deleted. Suspend it first; nothing can be brought back afterwards.',
    )
  }
  await services.tenantKeys.shred(id)
  services.log.warn("A tenant's keys were deleted", { tenant: id })
}
