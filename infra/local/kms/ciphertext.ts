// The ciphertext blobs of the local KMS endpoint: AES-256-GCM, bound to the key and the encryption context.
//   blob = version (1 byte) | length of key id (1 byte) | key id | nonce (12 bytes) | tag (16 bytes) | ciphertext
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { KmsError, type KmsKey } from './keys.ts'

const VERSION = 1
const NONCE_BYTES = 12
const TAG_BYTES = 16

export type EncryptionContext = Readonly<Record<string, string>>

export function encryptBlob(key: KmsKey, plaintext: Uint8Array, context: EncryptionContext): Buffer {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key.material, nonce).setAAD(additionalData(key.id, context))
  const body = Buffer.concat([cipher.update(plaintext), cipher.final()])
  const id = Buffer.from(key.id)
  return Buffer.concat([Buffer.from([VERSION, id.length]), id, nonce, cipher.getAuthTag(), body])
}

/** The id of the key that encrypted the blob. So Decrypt needs no KeyId. */
export function keyIdOf(blob: Buffer): string {
  const length = blob[1] ?? 0
  if (blob[0] !== VERSION || blob.length < 2 + length + NONCE_BYTES + TAG_BYTES) throw invalidCiphertext()
  return blob.toString('utf8', 2, 2 + length)
}

/** @throws KmsError without a message. KMS, too, does not say whether the context is wrong or the blob is damaged. */
export function decryptBlob(key: KmsKey, blob: Buffer, context: EncryptionContext): Buffer {
  const start = 2 + Buffer.byteLength(key.id)
  const nonce = blob.subarray(start, start + NONCE_BYTES)
  const tag = blob.subarray(start + NONCE_BYTES, start + NONCE_BYTES + TAG_BYTES)
  const decipher = createDecipheriv('aes-256-gcm', key.material, nonce)
    .setAAD(additionalData(key.id, context))
    .setAuthTag(tag)
  try {
    return Buffer.concat([decipher.update(blob.subarray(start + NONCE_BYTES + TAG_BYTES)), decipher.final()])
  } catch {
    throw invalidCiphertext()
  }
}

/** The order of a context's members does not matter, so they are sorted. */
function additionalData(keyId: string, context: EncryptionContext): Buffer {
  const members = Object.entries(context).sort(([a], [b]) => (a < b ? -1 : 1))
  return Buffer.from(JSON.stringify([keyId, members]))
}

function invalidCiphertext(): KmsError {
  return new KmsError('InvalidCiphertextException')
}
