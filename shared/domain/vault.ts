// What sealing means to the domain: a secret goes in with the place it belongs to, and comes out only for that place.

import type { Brand, TenantId } from './ids.ts'
import type { Secret } from './secret.ts'

/** Ciphertext of one secret, in the vault's own format. */
export type Sealed = Brand<Uint8Array, 'Sealed'>

/** Where a sealed secret belongs. A seal moved to another tenant, record, generation or field does not open. */
export interface SealBinding {
  readonly tenantId: TenantId
  /** Id of the item that holds it. */
  readonly record: string
  readonly generation: number
  readonly field: 'access_token' | 'refresh_token' | 'client_secret' | 'code' | 'code_verifier'
}

/** Seals for one tenant with a key that is in hand: without the store, whatever happens to it meanwhile. */
export type Sealer = (binding: SealBinding, secret: Secret) => Sealed

export interface Vault {
  /** To be had before a secret is asked for that must not be lost. */
  sealer(tenant: TenantId): Promise<Sealer>
  seal(binding: SealBinding, secret: Secret): Promise<Sealed>
  /** @throws Error when the seal does not belong to the binding or was tampered with */
  open(binding: SealBinding, sealed: Sealed): Promise<Secret>
}
