// Reads from the template what invokes functions with the messages of a queue or the records of a table's stream.
import { functionNameOf } from './function-name.ts'
import { type Resource, resolve, resolveText } from './intrinsics.ts'
import { queueName } from './queues.ts'
import type { StackScope } from './stack-scope.ts'

export interface QueueSource {
  readonly queueUrl: string
  readonly queueArn: string
  readonly function: string
  /** How many invocations there may be at the same time. */
  readonly concurrency: number
}

export interface StreamSource {
  readonly streamArn: string
  readonly tableName: string
  readonly function: string
  readonly batchSize: number
  readonly retries: number
  /** A record goes to the function if it matches one of these patterns. Without any, all do. */
  readonly filters: readonly unknown[]
}

export interface EventSources {
  readonly queues: readonly QueueSource[]
  readonly streams: readonly StreamSource[]
}

export function readEventSources(scope: StackScope, mappings: readonly [string, Resource][]): EventSources {
  const queues: QueueSource[] = []
  const streams: StreamSource[] = []
  for (const [id, { Properties = {} }] of mappings) {
    const arn = resolveText(Properties.EventSourceArn, scope, `${id}.EventSourceArn`)
    const target = functionNameOf(resolveText(Properties.FunctionName, scope, `${id}.FunctionName`))
    const tableName = /:table\/([^/]+)\/stream\//.exec(arn)?.[1]
    if (tableName === undefined) {
      const { MaximumConcurrency = 2 } = (Properties.ScalingConfig ?? {}) as {
        readonly MaximumConcurrency?: number
      }
      const concurrency = Number(MaximumConcurrency)
      queues.push({ queueArn: arn, queueUrl: scope.queueUrl(queueName(arn)), function: target, concurrency })
      continue
    }
    const criteria = resolve(Properties.FilterCriteria ?? {}, scope, `${id}.FilterCriteria`) as {
      readonly Filters?: readonly { readonly Pattern: string }[]
    }
    streams.push({
      streamArn: arn,
      tableName,
      function: target,
      batchSize: Number(Properties.BatchSize ?? 100),
      retries: Number(Properties.MaximumRetryAttempts ?? 10),
      filters: (criteria.Filters ?? []).map(({ Pattern }) => JSON.parse(Pattern)),
    })
  }
  return { queues, streams }
}
