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
  readonly field: 'access_token' | 'refresh_token' | 'client_secret' | 'code' | 'code_verifier' | 'answer'
}

/** Seals for one tenant with a key that is in hand: without the store, whatever happens to it meanwhile. */
export type Sealer = (binding: SealBinding, secret: Secret) => Sealed

export interface Vault {
  /**
   * To be had before a secret is asked for that must not be lost.
   * @throws ServiceError tenant_shredded; kms_key_unavailable; storage_unavailable, as do the others
   */
  sealer(tenant: TenantId): Promise<Sealer>
  seal(binding: SealBinding, secret: Secret): Promise<Sealed>
  /** @throws ServiceError secret_unreadable when the seal does not belong to the binding or was tampered with */
  open(binding: SealBinding, sealed: Sealed): Promise<Secret>
  /**
   * The same secret under the tenant's newest key; `undefined` when it is under that already.
   * @throws ServiceError secret_unreadable, as when it is opened
   */
  reseal(binding: SealBinding, sealed: Sealed): Promise<Sealed | undefined>
}

/** A seal that does not open: moved, changed, of another generation, or of a key that is gone. */
export function secretUnreadable({ record, generation, field }: SealBinding, cause?: unknown): ServiceError {
  return new ServiceError(
    'secret_unreadable',
    `The ${field} of "${record}", generation ${generation}, does not open: it was changed, was moved here, or its key is gone.`,
    { cause },
  )
}

export function tenantShredded(): ServiceError {
  return new ServiceError(
    'tenant_shredded',
    "The tenant's keys were deleted for good. Nothing that was sealed for it can be opened, and nothing can be sealed.",
  )
}

/** A key that does not unwrap: its item was changed, or is another's. */
export function keyUnreadable(name: string, cause: unknown): ServiceError {
  return new ServiceError('secret_unreadable', `${name} does not unwrap: it was changed or moved here.`, {
    cause,
  })
}
