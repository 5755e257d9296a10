// The schedule of the keys: rotates what is old, seals anew what old keys sealed, deletes keys that nothing names.
import type { Context } from 'aws-lambda'
import { type KeyRotationReport, rotateKeys } from '#domain/keys/key-rotation.ts'
import { onLambda } from '#runtime/lambda.ts'
import { createStoreServices, type StoreServices } from '#runtime/services.ts'

/** More than one step takes: a page of records sealed anew. The rest is the next run's. */
const RESERVE_MILLISECONDS = 60_000

export const rotateKeysSchedule =
  (services: StoreServices) =>
  (_: unknown, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<KeyRotationReport> =>
    rotateKeys(services, () => context.getRemainingTimeInMillis() > RESERVE_MILLISECONDS)

export const handler = await onLambda('rotate-keys', createStoreServices, rotateKeysSchedule)
