// The operations of the local KMS endpoint. Input and output are KMS' JSON, with bytes in base64.
// @see https://docs.aws.amazon.com/kms/latest/APIReference/API_Operations.html
import { randomBytes } from 'node:crypto'
import { decryptBlob, type EncryptionContext, encryptBlob, keyIdOf } from './ciphertext.ts'
import { KmsError, type KmsKey, type KmsKeys, keyArn, LOCAL_ACCOUNT } from './keys.ts'

export type KmsInput = Readonly<Record<string, unknown>>
type Operation = (keys: KmsKeys, input: KmsInput) => Record<string, unknown>

const MAX_PLAINTEXT_BYTES = 4096
const MAX_DATA_KEY_BYTES = 1024
const DEFAULT_DELETION_DAYS = 30
const ALGORITHM = 'SYMMETRIC_DEFAULT'

export const KMS_OPERATIONS: Readonly<Record<string, Operation>> = {
  CreateKey: (keys, input) => ({
    KeyMetadata: metadata(keys.create(typeof input.Description === 'string' ? input.Description : '')),
  }),
  DescribeKey: (keys, input) => ({ KeyMetadata: metadata(keys.find(input.KeyId)) }),
  EnableKey: (keys, input) => {
    keys.setState(input.KeyId, 'Enabled')
    return {}
  },
  DisableKey: (keys, input) => {
    keys.setState(input.KeyId, 'Disabled')
    return {}
  },
  ScheduleKeyDeletion: (keys, input) => {
    const days = input.PendingWindowInDays ?? DEFAULT_DELETION_DAYS
    if (typeof days !== 'number' || days < 7 || days > 30) {
      throw new KmsError('ValidationException', 'PendingWindowInDays must be between 7 and 30')
    }
    const key = keys.setState(input.KeyId, 'PendingDeletion')
    const DeletionDate = Math.floor(Date.now() / 1000) + days * 86_400
    return { KeyId: keyArn(key.id), KeyState: key.state, DeletionDate, PendingWindowInDays: days }
  },
  GenerateDataKey: (keys, input) => {
    const key = keys.usable(input.KeyId)
    const plaintext = randomBytes(dataKeyBytes(input))
    const blob = encryptBlob(key, plaintext, contextOf(input.EncryptionContext))
    return {
      KeyId: keyArn(key.id),
      Plaintext: plaintext.toString('base64'),
      CiphertextBlob: blob.toString('base64'),
    }
  },
  Encrypt: (keys, input) => {
    const key = keys.usable(input.KeyId)
    const plaintext = bytesOf(input, 'Plaintext')
    if (plaintext.length > MAX_PLAINTEXT_BYTES) {
      throw new KmsError(
        'ValidationException',
        `Plaintext must have length less than or equal to ${MAX_PLAINTEXT_BYTES}`,
      )
    }
    const blob = encryptBlob(key, plaintext, contextOf(input.EncryptionContext))
    return { KeyId: keyArn(key.id), CiphertextBlob: blob.toString('base64'), EncryptionAlgorithm: ALGORITHM }
  },
  Decrypt: (keys, input) => {
    const { key, plaintext } = decrypt(keys, input, input.KeyId, input.EncryptionContext)
    return { KeyId: keyArn(key.id), Plaintext: plaintext.toString('base64'), EncryptionAlgorithm: ALGORITHM }
  },
  ReEncrypt: (keys, input) => {
    const source = decrypt(keys, input, input.SourceKeyId, input.SourceEncryptionContext)
    const key = keys.usable(input.DestinationKeyId)
    const blob = encryptBlob(key, source.plaintext, contextOf(input.DestinationEncryptionContext))
    return {
      SourceKeyId: keyArn(source.key.id),
      KeyId: keyArn(key.id),
      CiphertextBlob: blob.toString('base64'),
    }
  },
}

function decrypt(keys: KmsKeys, input: KmsInput, expectedKey: unknown, context: unknown) {
  const blob = bytesOf(input, 'CiphertextBlob')
  const key = keys.usable(keyIdOf(blob))
  if (expectedKey !== undefined && keys.find(expectedKey) !== key) {
    const rule = 'The key ID in the request does not identify a CMK that can perform this operation.'
    throw new KmsError('IncorrectKeyException', rule)
  }
  return { key, plaintext: decryptBlob(key, blob, contextOf(context)) }
}

function dataKeyBytes({ KeySpec: spec, NumberOfBytes: count }: KmsInput): number {
  if ((spec === undefined) === (count === undefined)) {
    throw new KmsError('ValidationException', 'Please specify either number of bytes or key spec.')
  }
  if (spec === 'AES_256') return 32
  if (spec === 'AES_128') return 16
  if (typeof count === 'number' && count >= 1 && count <= MAX_DATA_KEY_BYTES) return count
  throw new KmsError('ValidationException', 'KeySpec must be AES_256 or AES_128, NumberOfBytes 1 to 1024')
}

function bytesOf(input: KmsInput, member: string): Buffer {
  const value = input[member]
  if (typeof value !== 'string' || value === '')
    throw new KmsError('ValidationException', `${member} is required`)
  return Buffer.from(value, 'base64')
}

function contextOf(value: unknown): EncryptionContext {
  const context = value ?? {}
  if (typeof context === 'object' && Object.values(context).every((member) => typeof member === 'string')) {
    return context as EncryptionContext
  }
  throw new KmsError('ValidationException', 'EncryptionContext must be a map of strings')
}

function metadata(key: KmsKey): Record<string, unknown> {
  return {
    AWSAccountId: LOCAL_ACCOUNT,
    KeyId: key.id,
    Arn: keyArn(key.id),
    CreationDate: key.createdAt,
    Description: key.description,
    Enabled: key.state === 'Enabled',
    KeyState: key.state,
    KeyUsage: 'ENCRYPT_DECRYPT',
    KeyManager: 'CUSTOMER',
    KeySpec: ALGORITHM,
    EncryptionAlgorithms: [ALGORITHM],
    Origin: 'AWS_KMS',
    MultiRegion: false,
  }
}
