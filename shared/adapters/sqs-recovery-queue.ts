// The recovery queue on SQS: sealed rotations as JSON, and back. The SDK's SQS client is loaded when something has to be
// sent, which is hardly ever: a function that only might need it does not pay for it at its start.
import * as z from 'zod/mini'
import type { AppId, ConnectionId, TenantId } from '#domain/ids.ts'
import type { RecoverableRotation, RecoveryQueue } from '#domain/recovery.ts'
import { epochSeconds } from '#domain/time.ts'
import type { Sealed } from '#domain/vault.ts'

/** Whoever sent it tries the commit itself for that long. */
const DELAY_SECONDS = 10

export class SqsRecoveryQueue implements RecoveryQueue {
  readonly #url: string

  constructor(url: string) {
    this.#url = url
  }

  async send(rotation: RecoverableRotation): Promise<void> {
    const { SQSClient, SendMessageCommand } = await import('@aws-sdk/client-sqs')
    const client = new SQSClient({})
    await client.send(
      new SendMessageCommand({
        QueueUrl: this.#url,
        MessageBody: toMessage(rotation),
        DelaySeconds: DELAY_SECONDS,
      }),
    )
    client.destroy()
  }
}

const seal = z.pipe(
  z.string(),
  z.transform((text) => new Uint8Array(Buffer.from(text, 'base64')) as Sealed),
)
const moment = z.pipe(z.number(), z.transform(epochSeconds))
const branded = <T extends string>() =>
  z.pipe(
    z.string(),
    z.transform((text) => text as T),
  )

const messageSchema = z.object({
  ref: z.object({ tenantId: branded<TenantId>(), connectionId: branded<ConnectionId>() }),
  appId: branded<AppId>(),
  generation: z.number(),
  credential: z.union([
    z.object({
      kind: z.literal('refreshable'),
      accessToken: seal,
      refreshToken: seal,
      issuedAt: moment,
      expiresAt: z.optional(moment),
    }),
    z.object({ kind: z.literal('non_expiring'), accessToken: seal }),
  ]),
  scopes: z.array(z.string()),
  rotatedAt: moment,
})

export function toMessage(rotation: RecoverableRotation): string {
  return JSON.stringify(rotation, (_, value) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value,
  )
}

/** @throws Error when the message is not one of ours */
export function fromMessage(body: string): RecoverableRotation {
  return messageSchema.parse(JSON.parse(body)) as RecoverableRotation
}
