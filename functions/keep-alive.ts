// The schedule of one shard: refreshes and probes what is due, pays owed revocations.
import type { Context } from 'aws-lambda'
import * as z from 'zod/mini'
import { DUE_SHARDS } from '#adapters/dynamodb/schema.ts'
import { type KeepAliveReport, keepAlive } from '#domain/keep-alive/keep-alive.ts'
import type { Services } from '#runtime/all-services.ts'
import { onLambda } from '#runtime/lambda.ts'
import { createServices } from '#runtime/services.ts'

const scheduleSchema = z.object({ shard: z.int().check(z.minimum(0), z.maximum(DUE_SHARDS - 1)) })
/** What one piece of work takes at the most (two token requests, a commit): nothing is begun later than that. */
const RESERVE_MILLISECONDS = 28_000

export const keepAliveSchedule =
  (services: Services) =>
  (event: unknown, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<KeepAliveReport> => {
    const { shard } = scheduleSchema.parse(event)
    return keepAlive(services, shard, () => context.getRemainingTimeInMillis() > RESERVE_MILLISECONDS)
  }

export const handler = await onLambda('keep-alive', createServices, keepAliveSchedule)
