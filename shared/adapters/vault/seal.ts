// The seal itself: AES-256-GCM under a key derived for this one secret (HKDF-SHA256, random salt), with its binding as
// additional data. Format: 1 byte version, 4 bytes tenant key version, 16 salt, 12 nonce, 16 tag, ciphertext.
// Derived keys are zeroed after their one use.
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

const FORMAT = 1
const SALT = 16
const NONCE = 12
const TAG = 16
const HEADER = 1 + 4 + SALT + NONCE + TAG
const INFO = 'funnel-connect/seal/1'

/** Seals `plain` under a key of `version`. The seal opens only with the same additional data. */
export function seal(
  key: Uint8Array,
  version: number,
  additionalData: Uint8Array,
  plain: Uint8Array,
): Uint8Array {
  const salt = randomBytes(SALT)
  const nonce = randomBytes(NONCE)
  const header = Buffer.alloc(5)
  header.writeUInt8(FORMAT, 0)
  header.writeUInt32BE(version, 1)
  const derived = derive(key, salt)
  try {
    const cipher = createCipheriv('aes-256-gcm', derived, nonce)
    cipher.setAAD(Buffer.concat([header, additionalData]))
    const body = Buffer.concat([cipher.update(plain), cipher.final()])
    return new Uint8Array(Buffer.concat([header, salt, nonce, cipher.getAuthTag(), body]))
  } finally {
    derived.fill(0)
  }
}

/**
 * Opens a seal. The returned buffer is the only place that holds the secret, so the caller can zero it.
 * @throws Error if the key or the additional data are not those of the seal, or if a bit of it was changed
 */
export function open(key: Uint8Array, additionalData: Uint8Array, sealed: Uint8Array): Buffer {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength)
  const header = bytes.subarray(0, 5)
  const salt = bytes.subarray(5, 5 + SALT)
  const nonce = bytes.subarray(5 + SALT, 5 + SALT + NONCE)
  const tag = bytes.subarray(HEADER - TAG, HEADER)
  const derived = derive(key, salt)
  let plain: Buffer | undefined
  try {
    const decipher = createDecipheriv('aes-256-gcm', derived, nonce, { authTagLength: TAG })
    decipher.setAAD(Buffer.concat([header, additionalData]))
    decipher.setAuthTag(tag)
    plain = decipher.update(bytes.subarray(HEADER))
    // GCM buffers nothing. This call only checks the tag.
    decipher.final()
    return plain
  } catch (error) {
    plain?.fill(0)
    throw error
  } finally {
    derived.fill(0)
  }
}

/**
 * The version of the key that a seal was made with.
 * @throws Error if these bytes are no seal
 */
export function keyVersionOf(sealed: Uint8Array): number {
  if (sealed.byteLength < HEADER || sealed[0] !== FORMAT)
    throw new Error('These bytes are not a seal of ours')
  return new DataView(sealed.buffer, sealed.byteOffset).getUint32(1)
}

/** The names one after another, each preceded by its length, so that no two lists give the same bytes. */
export function additionalDataOf(...names: readonly (string | number)[]): Uint8Array {
  const parts = names.flatMap((name) => {
    const bytes = Buffer.from(String(name))
    const length = Buffer.alloc(4)
    length.writeUInt32BE(bytes.length)
    return [length, bytes]
  })
  return Buffer.concat(parts)
}

function derive(key: Uint8Array, salt: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key, salt, INFO, 32))
}
