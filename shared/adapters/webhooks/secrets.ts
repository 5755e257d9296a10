// The secrets of webhook endpoints: data keys of KMS with a purpose of their own. So IAM can let one function make them, and
// another one open them and nothing else. A function that opens them keeps them for five minutes.
import { BoundedMap } from '#domain/bounded-map.ts'
import { ServiceError } from '#domain/errors.ts'
import type { Secret } from '#domain/secret.ts'
import type { SecretBinding, SecretMaker, SecretOpener, WrappedSecret } from '#domain/webhooks/secret.ts'
import { secretOf } from '#domain/webhooks/signature.ts'
import { type Moment, secondsSince, thisMoment } from '../moment.ts'
import { type EncryptionContext, isUnreadable, type KmsDataKeys } from '../vault/data-keys.ts'
import { WEBHOOK_SECRET_PURPOSE } from '../vault/purpose.ts'

const KEPT_SECONDS = 300
const MAX_KEPT = 2_000

export class KmsEndpointSecrets implements SecretMaker, SecretOpener {
  readonly #dataKeys: KmsDataKeys
  readonly #keyArn: string
  readonly #kept = new BoundedMap<string, { readonly secret: Secret; readonly openedAt: Moment }>(MAX_KEPT)

  constructor(dataKeys: KmsDataKeys, keyArn: string) {
    this.#dataKeys = dataKeys
    this.#keyArn = keyArn
  }

  async make(binding: SecretBinding) {
    const { plain, wrapped } = await this.#dataKeys.generate(this.#keyArn, contextOf(binding))
    const secret = secretOf(plain)
    plain.fill(0)
    return { secret, wrapped: wrapped as WrappedSecret }
  }

  async open(binding: SecretBinding, wrapped: WrappedSecret): Promise<Secret> {
    const name = Buffer.from(wrapped).toString('base64')
    const kept = this.#kept.get(name)
    if (kept !== undefined && secondsSince(kept.openedAt) < KEPT_SECONDS) return kept.secret
    const secret = await this.#decrypt(binding, wrapped)
    this.#kept.set(name, { secret, openedAt: thisMoment() })
    return secret
  }

  async #decrypt(binding: SecretBinding, wrapped: WrappedSecret): Promise<Secret> {
    try {
      const plain = await this.#dataKeys.decrypt(this.#keyArn, wrapped, contextOf(binding))
      const secret = secretOf(plain)
      plain.fill(0)
      return secret
    } catch (error) {
      if (!isUnreadable(error)) throw error
      const { endpointId, serial } = binding
      throw new ServiceError(
        'secret_unreadable',
        `Secret ${serial} of the webhook endpoint "${endpointId}" cannot be decrypted. It was changed or moved.`,
        { cause: error },
      )
    }
  }
}

function contextOf({ tenantId, endpointId, serial }: SecretBinding): EncryptionContext {
  return {
    purpose: WEBHOOK_SECRET_PURPOSE,
    tenant: tenantId,
    endpoint: endpointId,
    serial: String(serial),
  }
}
