// A tenant's logo, which our pages show. It has an item of its own: authentication reads the tenant with each request, and
// only a page needs the image.
import type { TenantId } from '../ids.ts'
import type { EpochSeconds } from '../time.ts'
import type { ImageFacts } from './image.ts'

export interface Logo extends ImageFacts {
  readonly bytes: Uint8Array
}

/** 32 KB. A page carries the image in itself, a third larger. */
export const MAX_LOGO_BYTES = 32 * 1024
/** In pixels, for each side. Browsers need four bytes of memory for each pixel. */
export const LOGO_PIXELS = { min: 32, max: 1024 } as const

/** Stores the image, and in the tenant what it is; both or neither. */
export interface Logos {
  get(tenant: TenantId): Promise<Logo | undefined>
  /** Stores a logo in place of the one before. False if there is no such tenant, or if it is being deleted. */
  put(tenant: TenantId, logo: Logo, now: EpochSeconds): Promise<boolean>
  /** Removes the logo if there is one. False if there is no such tenant, or if it is being deleted. */
  remove(tenant: TenantId, now: EpochSeconds): Promise<boolean>
}
