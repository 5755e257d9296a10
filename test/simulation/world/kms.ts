// KMS in memory: data keys and small texts, bound to their encryption context. A ciphertext is a random name of what was encrypted,
// which only this state can resolve. So it costs a microsecond, and it cannot be read or forged.
import { AwsError, onlyKnown } from './aws-error.ts'
import type { Random } from './random.ts'

interface Input {
  readonly KeyId?: string
  readonly KeySpec?: string
  readonly EncryptionContext?: Readonly<Record<string, string>>
  readonly Plaintext?: string
  readonly CiphertextBlob?: string
}

interface Encrypted {
  readonly keyArn: string
  readonly context: string
  /** In base64. */
  readonly plaintext: string
}

export type KeyState = 'Enabled' | 'Disabled' | 'PendingDeletion'

const MEMBERS: Readonly<Record<string, ReadonlySet<string>>> = {
  GenerateDataKey: new Set(['KeyId', 'KeySpec', 'EncryptionContext']),
  Encrypt: new Set(['KeyId', 'Plaintext', 'EncryptionContext']),
  Decrypt: new Set(['KeyId', 'CiphertextBlob', 'EncryptionContext']),
}
/** Those of real ciphertexts of 32 bytes, about. */
const CIPHERTEXT_BYTES = 184
const DATA_KEY_BYTES: Readonly<Record<string, number>> = { AES_256: 32, AES_128: 16 }
const MAX_PLAINTEXT_BYTES = 4096

export class Kms {
  /** The keys' states by ARN. */
  readonly keys: Map<string, KeyState>
  readonly #encrypted = new Map<string, Encrypted>()
  readonly #random: Random

  constructor(arns: readonly string[], random: Random) {
    this.keys = new Map(arns.map((arn) => [arn, 'Enabled']))
    this.#random = random
  }

  clone(random: Random): Kms {
    const copy = new Kms([], random)
    for (const [arn, state] of this.keys) copy.keys.set(arn, state)
    for (const [blob, encrypted] of this.#encrypted) copy.#encrypted.set(blob, encrypted)
    return copy
  }

  /** @throws AwsError */
  call(operation: string, request: object): object {
    const known = MEMBERS[operation]
    if (known === undefined) throw new Error(`The simulated KMS has no ${operation}`)
    onlyKnown(operation, request, known)
    const input = request as Input
    if (operation === 'Decrypt') return this.#decrypt(input)
    const keyArn = this.#usable(input.KeyId)
    if (operation === 'Encrypt') {
      const { Plaintext: plaintext = '' } = input
      const bytes = Buffer.byteLength(plaintext, 'base64')
      if (bytes < 1 || bytes > MAX_PLAINTEXT_BYTES) throw invalid('Plaintext must have 1 to 4096 bytes')
      const CiphertextBlob = this.#encrypt(keyArn, plaintext, input)
      return { KeyId: keyArn, CiphertextBlob, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' }
    }
    const bytes = DATA_KEY_BYTES[input.KeySpec ?? '']
    if (bytes === undefined) throw invalid('KeySpec must be AES_256 or AES_128')
    const Plaintext = this.#random.bytes(bytes).toString('base64')
    return { KeyId: keyArn, Plaintext, CiphertextBlob: this.#encrypt(keyArn, Plaintext, input) }
  }

  #encrypt(keyArn: string, plaintext: string, { EncryptionContext }: Input): string {
    const blob = this.#random.bytes(CIPHERTEXT_BYTES).toString('base64')
    this.#encrypted.set(blob, { keyArn, plaintext, context: contextOf(EncryptionContext) })
    return blob
  }

  /** KMS does not say whether the context is wrong or the ciphertext is damaged. */
  #decrypt({ KeyId, CiphertextBlob = '', EncryptionContext }: Input): object {
    const found = this.#encrypted.get(CiphertextBlob)
    if (found === undefined) throw new AwsError('InvalidCiphertextException', '')
    if (KeyId !== undefined && this.#known(KeyId) !== found.keyArn) {
      const rule = 'The key ID in the request does not identify a CMK that can perform this operation.'
      throw new AwsError('IncorrectKeyException', rule)
    }
    const keyArn = this.#usable(found.keyArn)
    if (found.context !== contextOf(EncryptionContext)) throw new AwsError('InvalidCiphertextException', '')
    return { KeyId: keyArn, Plaintext: found.plaintext, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' }
  }

  #known(arn = ''): string {
    if (this.keys.has(arn)) return arn
    throw new AwsError('NotFoundException', `Key '${arn}' does not exist`)
  }

  #usable(arn: string | undefined): string {
    const known = this.#known(arn)
    const state = this.keys.get(known)
    if (state === 'Disabled') throw new AwsError('DisabledException', `${known} is disabled.`)
    if (state === 'PendingDeletion') {
      throw new AwsError('KMSInvalidStateException', `${known} is pending deletion.`)
    }
    return known
  }
}

/** The order of its members does not count. */
function contextOf(context: Readonly<Record<string, string>> = {}): string {
  return JSON.stringify(Object.entries(context).sort(([one], [other]) => (one < other ? -1 : 1)))
}

function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message)
}
