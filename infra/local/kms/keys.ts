// The keys of the local KMS endpoint: their material, their state with KMS' rules for it, and the file that keeps them.
import { randomBytes, randomUUID } from 'node:crypto'
import { readPrivateJson, writePrivateJson } from '../private-file.ts'

export const LOCAL_REGION = 'us-east-1'
export const LOCAL_ACCOUNT = '000000000000'

export interface KmsKey {
  readonly id: string
  readonly material: Buffer
  readonly description: string
  readonly createdAt: number
  state: 'Enabled' | 'Disabled' | 'PendingDeletion'
}

/** An error response, with KMS' own type and message. */
export class KmsError extends Error {
  readonly type: string

  constructor(type: string, message = '') {
    super(message)
    this.type = type
  }
}

export const keyArn = (id: string): string => `arn:aws:kms:${LOCAL_REGION}:${LOCAL_ACCOUNT}:key/${id}`

interface StoredKey extends Omit<KmsKey, 'material'> {
  readonly material: string
}

export class KmsKeys {
  readonly #keys = new Map<string, KmsKey>()
  readonly #file: string | undefined

  /** @param file keeps the keys between runs. Without it, they end with the process. */
  constructor(file?: string) {
    this.#file = file
    const stored = (file === undefined ? undefined : readPrivateJson(file)) as StoredKey[] | undefined
    for (const key of stored ?? []) {
      this.#keys.set(key.id, { ...key, material: Buffer.from(key.material, 'base64') })
    }
  }

  /** Creates a key. When a key with this `id` exists, returns that one: the template's keys stay the same between runs. */
  create(description = '', id: string = randomUUID()): KmsKey {
    const known = this.#keys.get(id)
    if (known) return known
    const createdAt = Math.floor(Date.now() / 1000)
    const key: KmsKey = { id, material: randomBytes(32), description, createdAt, state: 'Enabled' }
    this.#keys.set(id, key)
    this.#save()
    return key
  }

  /** Finds a key by its id or ARN. */
  find(idOrArn: unknown): KmsKey {
    if (typeof idOrArn !== 'string' || idOrArn === '')
      throw new KmsError('ValidationException', 'KeyId is required')
    const id = idOrArn.slice(idOrArn.lastIndexOf('/') + 1)
    const key = this.#keys.get(id)
    if (!key) throw new KmsError('NotFoundException', `Key '${keyArn(id)}' does not exist`)
    return key
  }

  /** Finds a key that can encrypt and decrypt. */
  usable(idOrArn: unknown): KmsKey {
    const key = this.find(idOrArn)
    if (key.state === 'Disabled') throw new KmsError('DisabledException', `${keyArn(key.id)} is disabled.`)
    if (key.state === 'PendingDeletion') throw pendingDeletion(key)
    return key
  }

  /** Changes a key's state. A key that is pending deletion cannot change. */
  setState(idOrArn: unknown, state: KmsKey['state']): KmsKey {
    const key = this.find(idOrArn)
    if (key.state === 'PendingDeletion') throw pendingDeletion(key)
    key.state = state
    this.#save()
    return key
  }

  #save(): void {
    if (this.#file === undefined) return
    const stored = [...this.#keys.values()].map((key) => ({
      ...key,
      material: key.material.toString('base64'),
    }))
    writePrivateJson(this.#file, stored)
  }
}

function pendingDeletion(key: KmsKey): KmsError {
  return new KmsError('KMSInvalidStateException', `${keyArn(key.id)} is pending deletion.`)
}
