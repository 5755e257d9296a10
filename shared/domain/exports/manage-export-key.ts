// A tenant registers and withdraws the public key to which the operator may export its connections. The operator cannot do it for
// the tenant: the route takes the tenant's API key. docs/adr/0036 says what that is worth.
import type { Ambient } from '../ambient.ts'
import type { TenantId } from '../ids.ts'
import { tenantDeleted } from '../tenants/manage-tenants.ts'
import { later } from '../time.ts'
import { EXPORT_KEY_SECONDS, type ExportKey } from './export-key.ts'
import type { ExportPorts } from './ports.ts'
import { publicKeyIn, unusableKey } from './public-key.ts'

type Ports = Pick<Ambient & ExportPorts, 'now' | 'log' | 'exportKeys' | 'jweSealer'>

/**
 * Registers a public key in place of the one before. It counts for 7 days.
 * @param given the JWK as it was sent
 * @throws ServiceError validation_failed, which names the member; tenant_deleted; storage_unavailable
 */
export async function putExportKey(
  services: Ports,
  tenantId: TenantId,
  given: Readonly<Record<string, unknown>>,
): Promise<ExportKey> {
  const publicKey = publicKeyIn(given)
  const thumbprint = await services.jweSealer.thumbprintOf(publicKey)
  if (thumbprint === undefined) throw unusableKey()
  const now = services.now()
  const expiresAt = later(now, EXPORT_KEY_SECONDS)
  const key: ExportKey = { tenantId, ...publicKey, thumbprint, createdAt: now, expiresAt }
  if (!(await services.exportKeys.put(key))) throw tenantDeleted()
  services.log.warn('An export key was registered', { tenant: tenantId, thumbprint })
  return key
}

/** Withdraws the key. Repeated, it does nothing. @returns the key that counted until now */
export async function removeExportKey(services: Ports, tenantId: TenantId): Promise<ExportKey | undefined> {
  const key = await services.exportKeys.get(tenantId, services.now())
  await services.exportKeys.remove(tenantId)
  return key
}
