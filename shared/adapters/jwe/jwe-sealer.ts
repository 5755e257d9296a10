// Seals to a tenant's public key with jose: JWE in compact serialization (RFC 7516), A256GCM (RFC 7518 section 5.3). Loaded with the
// first export key of a process.
import { CompactEncrypt, calculateJwkThumbprint, importJWK } from 'jose'
import type { PublicKey } from '#domain/exports/export-key.ts'
import type { JweSealer, SealJwe } from '#domain/exports/ports.ts'

const encoder = new TextEncoder()

export class JoseSealer implements JweSealer {
  async thumbprintOf(key: PublicKey): Promise<string | undefined> {
    try {
      const thumbprint = await calculateJwkThumbprint({ ...key.jwk })
      // A point off the curve fails at the import, one of low order at the key agreement.
      await (await this.sealTo({ ...key, thumbprint }))({})
      return thumbprint
    } catch {
      return undefined
    }
  }

  async sealTo({ jwk, alg, thumbprint }: PublicKey & { readonly thumbprint: string }): Promise<SealJwe> {
    const publicKey = await importJWK({ ...jwk }, alg)
    return (payload) =>
      new CompactEncrypt(encoder.encode(JSON.stringify(payload)))
        .setProtectedHeader({ alg, enc: 'A256GCM', kid: thumbprint, cty: 'json' })
        .encrypt(publicKey)
  }
}
