// The schedule of one shard: refreshes and probes the connections that are due, and retries revocations.
import type { Context } from 'aws-lambda'
import * as z from 'zod/mini'
import { DUE_PARTITIONS } from '#domain/keep-alive/due.ts'
import { type KeepAliveReport, keepAlive } from '#domain/keep-alive/keep-alive.ts'
import type { Services } from '#runtime/all-services.ts'
import { onLambda } from '#runtime/lambda.ts'
import { createServices } from '#runtime/services.ts'

const whole = z.int().check(z.minimum(0), z.maximum(DUE_PARTITIONS))
/** Schedules of earlier versions do not say how many they are: they were four. */
const scheduleSchema = z.object({ shard: whole, of: z._default(whole, 4) })
/** The longest time for one connection (two token requests and a commit). No work begins when less is left. */
const RESERVE_MILLISECONDS = 28_000

export const keepAliveSchedule =
  (services: Services) =>
  (event: unknown, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<KeepAliveReport> => {
    return keepAlive(
      services,
      scheduleSchema.parse(event),
      () => context.getRemainingTimeInMillis() > RESERVE_MILLISECONDS,
    )
  }

export const handler = await onLambda('keep-alive', createServices, keepAliveSchedule)
