// What our storage holds at a moment: connections, revocations, queue messages, and the tokens under their seals. The keys
// are known from the beginning, so that looking takes microseconds and no call.
import { unmarshall } from '@aws-sdk/util-dynamodb'
import { fromMessage } from '#adapters/sqs/recovery-message.ts'
import { additionalDataOf, open } from '#adapters/vault/seal.ts'
import type { World } from '../world/world.ts'

export interface StoredConnection {
  readonly id: string
  readonly generation: number
  readonly status: 'active' | 'reauthorization_required'
  readonly endedAt: number | undefined
  readonly lastError: string | undefined
  readonly accessToken: string
  readonly isLeased: boolean
}

export interface Holdings {
  readonly connections: ReadonlyMap<string, StoredConnection>
  /** Access tokens by where they are. */
  readonly revocations: ReadonlySet<string>
  readonly queue: ReadonlySet<string>
}

/** On the wire, bytes are text in base64. */
const bytesOf = (text: unknown) => Buffer.from(String(text), 'base64')

type Attributes = Parameters<typeof unmarshall>[0]

export class Vault {
  readonly #key: Uint8Array
  readonly #opened = new Map<string, string>()

  /** @param key of the one tenant */
  constructor(key: Uint8Array) {
    this.#key = key
  }

  accessToken(tenantId: string, record: string, generation: number, sealed: Uint8Array): string {
    const name = Buffer.from(sealed).toString('latin1')
    const known = this.#opened.get(name)
    if (known !== undefined) return known
    const data = additionalDataOf('secret', tenantId, record, generation, 'access_token')
    const token = open(this.#key, data, sealed).toString()
    this.#opened.set(name, token)
    return token
  }
}

export class Storage {
  readonly #world: World
  readonly #vault: Vault
  readonly #read = new WeakMap<object, StoredConnection | string>()
  readonly #messages = new Map<string, string>()

  constructor(world: World, vault: Vault) {
    this.#world = world
    this.#vault = vault
  }

  look(): Holdings {
    const connections = new Map<string, StoredConnection>()
    const revocations = new Set<string>()
    const queue = new Set<string>()
    for (const table of this.#world.dynamodb.tables.values()) {
      for (const { item } of table.rows.values()) {
        const sort = item.sk?.S ?? ''
        if (sort.startsWith('connection#')) {
          const connection = this.#once(item, (read) => this.#connection(read)) as StoredConnection
          connections.set(connection.id, connection)
        } else if (sort.startsWith('revocation#')) {
          revocations.add(this.#once(item, (read) => this.#revocation(read)) as string)
        }
      }
    }
    for (const { messages } of this.#world.sqs.queues.values()) {
      for (const { body } of messages) queue.add(this.message(body))
    }
    return { connections, revocations, queue }
  }

  /** The access token in a message of the recovery queue. */
  message(body: string): string {
    const known = this.#messages.get(body)
    if (known !== undefined) return known
    const { ref, generation, credential } = fromMessage(body)
    const token = this.#vault.accessToken(
      ref.tenantId,
      ref.connectionId,
      generation + 1,
      credential.accessToken,
    )
    this.#messages.set(body, token)
    return token
  }

  #once<T extends StoredConnection | string>(
    item: object,
    read: (item: object) => T,
  ): StoredConnection | string {
    const known = this.#read.get(item)
    if (known !== undefined) return known
    const value = read(item)
    this.#read.set(item, value)
    return value
  }

  #connection(item: object): StoredConnection {
    const { id, tenantId, generation, credential, state, lastError, leaseOwner } = unmarshall(
      item as Attributes,
    )
    return {
      id,
      generation,
      status: state.status,
      endedAt: state.endedAt,
      lastError,
      accessToken: this.#vault.accessToken(tenantId, id, generation, bytesOf(credential.accessToken)),
      isLeased: leaseOwner !== undefined,
    }
  }

  #revocation(item: object): string {
    const { tenantId, record, generation, accessToken } = unmarshall(item as Attributes)
    return this.#vault.accessToken(tenantId, record, generation, bytesOf(accessToken))
  }
}
