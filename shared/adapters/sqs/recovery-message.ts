// Reads a message of the recovery queue, and refuses everything that is not a token rotation of this service.
import * as z from 'zod/mini'
import type { AppId, ConnectionId, TenantId } from '#domain/ids.ts'
import { epochSeconds } from '#domain/time.ts'
import type { TokenRotation } from '#domain/tokens/recovery-queue.ts'
import type { Sealed } from '#domain/vault/vault.ts'

const seal = z.pipe(
  z.string(),
  z.transform((text) => new Uint8Array(Buffer.from(text, 'base64')) as Sealed),
)
/** JSON has null for a number that is not finite, and no message may be refused for its times. */
const moment = z.pipe(
  z.nullable(z.number()),
  z.transform((value) => epochSeconds(value ?? Number.NaN)),
)
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

/** @throws Error when the message is not one of ours */
export function fromMessage(body: string): TokenRotation {
  return messageSchema.parse(JSON.parse(body)) as TokenRotation
}
