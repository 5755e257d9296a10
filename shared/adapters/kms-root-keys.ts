// Root keys: a small fixed set of 256-bit data keys from KMS. Their wrapped form is an item of the table, their plain
// form stays in memory for minutes. They exist so that KMS calls do not grow with tenants and sandboxes.
import { createSecretKey, type KeyObject } from 'node:crypto'
import { DecryptCommand, GenerateDataKeyCommand, type KMSClient } from '@aws-sdk/client-kms'
import { translateAwsFault } from './aws-faults.ts'
import { ABSENT } from './dynamodb-expressions.ts'
import type { Table } from './dynamodb-table.ts'
import { ExpiringCache } from './expiring-cache.ts'
import { rootKeyKey } from './table.ts'

/** Enough that one leaked key opens a fraction of the tenants, few enough to stay in memory. */
export const ROOT_KEY_COUNT = 16
const CACHE_SECONDS = 300
/** The IAM policies of the functions allow KMS calls for this purpose only. */
const PURPOSE = 'funnel-connect/root-key'

export class KmsRootKeys {
  readonly #kms: KMSClient
  readonly #keyArn: string
  readonly #table: Table
  readonly #cache = new ExpiringCache<KeyObject>(CACHE_SECONDS, ROOT_KEY_COUNT * 2)

  constructor(kms: KMSClient, keyArn: string, table: Table) {
    this.#kms = kms
    this.#keyArn = keyArn
    this.#table = table
  }

  /** The root key of that number; made on first use. */
  get(version: number, number: number): Promise<KeyObject> {
    return this.#cache.get(`${version}/${number}`, () => this.#load(version, number))
  }

  async #load(version: number, number: number): Promise<KeyObject> {
    const key = rootKeyKey(version, number)
    const stored = await this.#table.get(key)
    if (stored !== undefined) return this.#unwrap(version, number, stored.wrapped as Uint8Array)
    const { Plaintext, CiphertextBlob } = await this.#call(() =>
      this.#kms.send(
        new GenerateDataKeyCommand({
          KeyId: this.#keyArn,
          KeySpec: 'AES_256',
          EncryptionContext: contextOf(version, number),
        }),
      ),
    )
    if (Plaintext === undefined || CiphertextBlob === undefined) throw new Error('KMS gave no data key')
    if (await this.#table.put({ ...key, wrapped: CiphertextBlob }, ABSENT)) return toKey(Plaintext)
    // Another process made it first: that one counts.
    return this.#load(version, number)
  }

  async #unwrap(version: number, number: number, wrapped: Uint8Array): Promise<KeyObject> {
    const { Plaintext } = await this.#call(() =>
      this.#kms.send(
        new DecryptCommand({
          KeyId: this.#keyArn,
          CiphertextBlob: wrapped,
          EncryptionContext: contextOf(version, number),
        }),
      ),
    )
    if (Plaintext === undefined) throw new Error('KMS gave no plaintext')
    return toKey(Plaintext)
  }

  async #call<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call()
    } catch (error) {
      throw translateAwsFault(error)
    }
  }
}

/** What KMS binds a wrapped root key to. */
function contextOf(version: number, number: number): Record<string, string> {
  return { purpose: PURPOSE, root_key: `${version}/${number}` }
}

function toKey(plain: Uint8Array): KeyObject {
  const key = createSecretKey(plain)
  plain.fill(0)
  return key
}
