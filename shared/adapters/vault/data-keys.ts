// Data keys from KMS, each bound to an encryption context: the purpose in it is what the functions' IAM policies allow.
import { DecryptCommand, GenerateDataKeyCommand, type KMSClient } from '@aws-sdk/client-kms'
import { callAws } from '../aws-call.ts'

export type EncryptionContext = Readonly<Record<string, string>>

export interface DataKey {
  readonly plain: Uint8Array
  readonly wrapped: Uint8Array
}

export class KmsDataKeys {
  readonly #kms: KMSClient

  constructor(kms: KMSClient) {
    this.#kms = kms
  }

  /** Makes a key of 256 bits. */
  async generate(keyArn: string, context: EncryptionContext): Promise<DataKey> {
    const { Plaintext, CiphertextBlob } = await callAws('KMS', (options) =>
      this.#kms.send(
        new GenerateDataKeyCommand({ KeyId: keyArn, KeySpec: 'AES_256', EncryptionContext: { ...context } }),
        options,
      ),
    )
    if (Plaintext === undefined || CiphertextBlob === undefined) throw new Error('KMS gave no data key')
    return { plain: Plaintext, wrapped: CiphertextBlob }
  }

  async decrypt(keyArn: string, wrapped: Uint8Array, context: EncryptionContext): Promise<Uint8Array> {
    const { Plaintext } = await callAws('KMS', (options) =>
      this.#kms.send(
        new DecryptCommand({ KeyId: keyArn, CiphertextBlob: wrapped, EncryptionContext: { ...context } }),
        options,
      ),
    )
    if (Plaintext === undefined) throw new Error('KMS gave no plaintext')
    return Plaintext
  }
}

/** Whether KMS cannot decrypt a key. Its answer is the same for damage, another key and another encryption context. */
export function isUnreadable(error: unknown): boolean {
  return (
    error instanceof Error &&
    (error.name === 'InvalidCiphertextException' || error.name === 'IncorrectKeyException')
  )
}
