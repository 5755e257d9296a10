// Stands in for @smithy/core/checksum in the bundles (infra/bundle/bundle.ts, docs/adr/0013): the checksums that the SDK's
// clients here use, by Node itself, without those in JavaScript that it brings for runtimes that have none.
import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto'
import { crc32 } from 'node:zlib'

class Digest {
  readonly #start: () => Hash | Hmac
  #hash: Hash | Hmac

  constructor(algorithm: string, secret?: string | ArrayBuffer | Uint8Array) {
    const key = secret instanceof ArrayBuffer ? new Uint8Array(secret) : secret
    this.#start = () => (key ? createHmac(algorithm, key) : createHash(algorithm))
    this.#hash = this.#start()
  }

  update(data: string | Uint8Array): void {
    this.#hash.update(data)
  }

  /** A hash can be asked on the way, as a stream's is; an HMAC once. */
  async digest(): Promise<Uint8Array> {
    return new Uint8Array(('copy' in this.#hash ? this.#hash.copy() : this.#hash).digest())
  }

  reset(): void {
    this.#hash = this.#start()
  }
}

export class Sha256 extends Digest {
  readonly digestLength = 32

  constructor(secret?: string | ArrayBuffer | Uint8Array) {
    super('sha256', secret)
  }
}

export class Md5 extends Digest {
  readonly digestLength = 16

  constructor() {
    super('md5')
  }
}

export class Crc32 {
  readonly digestLength = 4
  #value = 0

  update(data: Uint8Array): void {
    this.#value = crc32(data, this.#value)
  }

  digestSync(): number {
    return this.#value
  }

  async digest(): Promise<Uint8Array> {
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32BE(this.#value)
    return new Uint8Array(bytes)
  }

  reset(): void {
    this.#value = 0
  }
}
