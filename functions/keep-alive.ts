// The schedule of one shard: refreshes and probes the connections that are due, and retries revocations.

import type { Context } from 'aws-lambda'
import * as z from 'zod/mini'
import { DUE_PARTITIONS } from '#domain/keep-alive/due.ts'
import { keepAlive } from '#domain/keep-alive/keep-alive.ts'
import type { KeepAliveReport } from '#domain/keep-alive/run-report.ts'
import { deadlineIn } from '#domain/time.ts'
import type { Services } from '#runtime/all-services.ts'
import { onLambda } from '#runtime/lambda.ts'
import { createServices } from '#runtime/services.ts'

const whole = z.int().check(z.minimum(0), z.maximum(DUE_PARTITIONS))
/** Schedules of earlier versions do not say how many they are: they were four. */
const scheduleSchema = z.object({ shard: whole, of: z._default(whole, 4) })
/** More than the longest refresh takes, from its lease to its commit (28 s). No work begins when less is left. */
const RESERVE_MILLISECONDS = 30_000

export const keepAliveSchedule =
  (services: Services) =>
  (event: unknown, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<KeepAliveReport> => {
    const share = scheduleSchema.parse(event)
    const deadline = deadlineIn(services.now(), context.getRemainingTimeInMillis() / 1000)
    const mayGoOn = () => context.getRemainingTimeInMillis() > RESERVE_MILLISECONDS
    return keepAlive(services, share, mayGoOn, deadline)
  }

export const handler = await onLambda('keep-alive', createServices, keepAliveSchedule)
