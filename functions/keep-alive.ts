// The schedule of one shard: refreshes and probes the connections that are due, and retries revocations.
import type { Context } from 'aws-lambda'
import * as z from 'zod/mini'
import { DUE_SHARDS } from '#adapters/dynamodb/schema.ts'
import { type KeepAliveReport, keepAlive } from '#domain/keep-alive/keep-alive.ts'
import type { Services } from '#runtime/all-services.ts'
import { onLambda } from '#runtime/lambda.ts'
import { createServices } from '#runtime/services.ts'

const scheduleSchema = z.object({ shard: z.int().check(z.minimum(0), z.maximum(DUE_SHARDS - 1)) })
/** The longest time for one connection (two token requests and a commit). No work begins when less is left. */
const RESERVE_MILLISECONDS = 28_000

export const keepAliveSchedule =
  (services: Services) =>
  (event: unknown, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<KeepAliveReport> => {
    const { shard } = scheduleSchema.parse(event)
    return keepAlive(services, shard, () => context.getRemainingTimeInMillis() > RESERVE_MILLISECONDS)
  }

export const handler = await onLambda('keep-alive', createServices, keepAliveSchedule)
