// What sealing means to the domain: a secret goes in with the place it belongs to, and comes out only for that place.

import { ServiceError } from '../errors.ts'
import type { Brand, TenantId } from '../ids.ts'
import type { Secret } from '../secret.ts'

/** Ciphertext of one secret, in the vault's own format. */
export type Sealed = Brand<Uint8Array, 'Sealed'>

/** Where a sealed secret belongs. A seal moved to another tenant, record, generation or field does not open. */
export interface SealBinding {
  readonly tenantId: TenantId
  /** Id of the item that holds it. */
  readonly record: string
  readonly generation: number
  readonly field:
    | 'access_token'
    | 'refresh_token'
    | 'client_secret'
    | 'code'
    | 'code_verifier'
    | 'answer'
    | 'webhook_secret'
}

/** Seals for one tenant with a key in memory, so that it works even if the store or KMS fails in the meantime. */
export type Sealer = (binding: SealBinding, secret: Secret) => Sealed

export interface Vault {
  /**
   * Gets a sealer. Get it before requesting a secret that must not be lost.
   * @throws ServiceError tenant_shredded; kms_key_unavailable; storage_unavailable. The other methods throw these as well
   */
  sealer(tenant: TenantId): Promise<Sealer>
  seal(binding: SealBinding, secret: Secret): Promise<Sealed>
  /** @throws ServiceError secret_unreadable when the seal does not belong to the binding or was tampered with */
  open(binding: SealBinding, sealed: Sealed): Promise<Secret>
  /**
   * Seals the same secret under the tenant's newest key. `undefined` if it is under that key already.
   * @throws ServiceError secret_unreadable, as `open` does
   */
  reseal(binding: SealBinding, sealed: Sealed): Promise<Sealed | undefined>
}

/** The error of a seal that does not open: it was moved or changed, is of another generation, or its key is gone. */
export function secretUnreadable({ record, generation, field }: SealBinding, cause?: unknown): ServiceError {
  return new ServiceError(
    'secret_unreadable',
    `The ${field} of "${record}", generation ${generation}, cannot be decrypted. It was changed or moved, or its key was deleted.`,
    { cause },
  )
}

export function tenantShredded(): ServiceError {
  return new ServiceError(
    'tenant_shredded',
    "The tenant's keys were deleted for good. Its stored secrets can no longer be decrypted, and no new ones can be stored.",
  )
}

/** The error of a key that does not unwrap: its item was changed, or is the item of another key. */
export function keyUnreadable(name: string, cause: unknown): ServiceError {
  return new ServiceError('secret_unreadable', `${name} cannot be decrypted. It was changed or moved.`, {
    cause,
  })
}
