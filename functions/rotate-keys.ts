// The schedule of key rotation: rotates old keys, seals anew what they sealed, and deletes keys that nothing uses.
import type { Context } from 'aws-lambda'
import { type KeyRotationReport, rotateKeys } from '#domain/keys/key-rotation.ts'
import { onLambda } from '#runtime/lambda.ts'
import { createStoreServices, type StoreServices } from '#runtime/services.ts'

/** More than the longest step, a page of records that are sealed anew, takes. The next run goes on. */
const RESERVE_MILLISECONDS = 60_000

export const rotateKeysSchedule =
  (services: StoreServices) =>
  (_: unknown, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<KeyRotationReport> =>
    rotateKeys(services, () => context.getRemainingTimeInMillis() > RESERVE_MILLISECONDS)

export const handler = await onLambda('rotate-keys', createStoreServices, rotateKeysSchedule)
