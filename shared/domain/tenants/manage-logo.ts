// Sets and removes a tenant's logo, for the operator.
import type { Ambient } from '../ambient.ts'
import { validationFailed } from '../errors.ts'
import type { TenantId } from '../ids.ts'
import { readImage } from './image.ts'
import { LOGO_PIXELS, type Logo, MAX_LOGO_BYTES } from './logo.ts'
import { livingTenant } from './manage-tenants.ts'
import type { LogoPorts, TenancyPorts } from './ports.ts'
import type { Tenant } from './tenant.ts'

type Ports = LogoPorts & Pick<Ambient & TenancyPorts, 'now' | 'tenants'>

/**
 * Stores a logo, in place of the one before.
 * @param bytes the image as it is in its file
 * @throws ServiceError validation_failed, which says what was found and what is allowed; not_found; tenant_deleted
 */
export async function setLogo(services: Ports, id: TenantId, bytes: Uint8Array): Promise<Tenant> {
  await services.logos.put(id, acceptedLogo(bytes), services.now())
  return livingTenant(services, id)
}

/**
 * Removes the logo if there is one.
 * @throws ServiceError not_found; tenant_deleted
 */
export async function removeLogo(services: Ports, id: TenantId): Promise<void> {
  if (!(await services.logos.remove(id, services.now()))) await livingTenant(services, id)
}

/** @throws ServiceError validation_failed */
export function acceptedLogo(bytes: Uint8Array): Logo {
  if (bytes.byteLength > MAX_LOGO_BYTES)
    throw refused(`has ${bytes.byteLength} bytes; at most ${MAX_LOGO_BYTES} (32 KB) are allowed`)
  const image = readImage(bytes)
  if ('fault' in image) throw refused(`is ${image.fault}; a PNG without animation or a JPEG is allowed`)
  const { width, height } = image
  const { min, max } = LOGO_PIXELS
  if ([width, height].some((side) => side < min || side > max))
    throw refused(`has ${width} by ${height} pixels; ${min} to ${max} are allowed for each side`)
  return { ...image, bytes }
}

function refused(detail: string): Error {
  return validationFailed({ pointer: '#/image', detail })
}
