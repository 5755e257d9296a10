// Runs one synthesized template: its tables, queues and keys, functions, schedules and event sources. The emulators and the
// API's port stay when it is closed, so that the next template finds the same state.

import type { StreamSource } from './cloudformation/event-sources.ts'
import { keepInUse } from './cloudformation/synthesis.ts'
import { type FunctionDefinition, type RouteDefinition, readDeployment } from './cloudformation/template.ts'
import { StreamSources } from './dynamodb/stream-sources.ts'
import { ensureTables } from './dynamodb/tables.ts'
import type { Emulators } from './emulators.ts'
import { isAllowed } from './iam/evaluate.ts'
import type { Denial } from './iam/guard.ts'
import { type Guarded, guardEmulators } from './iam/guarded.ts'
import { type FunctionLog, LambdaHost, type SourceOptions } from './lambda/host.ts'
import { Schedules } from './schedules.ts'
import { QueueSources } from './sqs/event-sources.ts'
import { createQueues, sqsClient } from './sqs/queues.ts'

export interface DeploymentOptions {
  /** Values of the template's parameters, as for `cdk deploy --parameters`. The others have their defaults. */
  readonly parameters?: Readonly<Record<string, string>>
  /** Whether the template's schedules run by themselves. Default: no. */
  readonly schedules?: boolean
  /** Called with everything that functions write to stdout and stderr. */
  readonly onLog?: (log: FunctionLog) => void
  /** Called when a part is ready, and before the synthesis, which takes seconds. */
  readonly onStep?: (step: string) => void
  /**
   * Let each function make only the calls that its role allows, and tell of the others. Without effect with `sources`, or
   * when an endpoint is not on this machine and so may check signatures.
   */
  readonly onDenial?: ((denial: Denial) => void) | undefined
  /** Run all functions from their sources, in one process. By default each runs from its bundle. */
  readonly sources?: SourceOptions | undefined
}

export interface RunningDeployment {
  readonly routes: readonly RouteDefinition[]
  readonly host: LambdaHost
  readonly schedules: Schedules
  /** What stands between the functions and the emulators, if anything does. */
  readonly guarded: Guarded | undefined
  close(): Promise<void>
}

/** @throws Error when the template cannot be read, or its tables or queues cannot be created */
export async function startDeployment(
  directory: string,
  publicUrl: string,
  emulators: Emulators,
  { parameters = {}, onLog = () => {}, onStep = () => {}, ...options }: DeploymentOptions,
): Promise<RunningDeployment> {
  const { environment } = emulators
  const deployment = readDeployment(directory, {
    publicUrl,
    parameters,
    externalKeyArn: emulators.externalKeyArn,
    sqsUrl: emulators.endpoints.sqs,
  })
  emulators.ensureKeys(deployment.keyIds)
  await ensureTables(environment, deployment.tables)
  await createQueues(environment, deployment.queues)
  onStep(`tables: ${deployment.tables.map((table) => table.name).join(', ')}`)
  const guarded =
    options.onDenial && !options.sources && emulators.unsigned
      ? await guardEmulators(emulators, deployment, options.onDenial)
      : undefined
  const host = new LambdaHost(deployment.functions, {
    environment,
    onLog,
    ...(guarded && { own: guarded.environmentOf }),
    sources: options.sources,
  })
  const invoke = (name: string, event: unknown) => host.invoke(name, event)
  const environmentOf = (name: string) => {
    const definition = deployment.functions.find((one) => one.name === name)
    return definition && guarded?.environmentOf(definition)
  }
  const schedules = new Schedules(deployment.schedules, invoke)
  const onError = (name: string, error: Error) => onLog({ function: name, text: `${error.message}\n` })
  const queueSources = new QueueSources(
    deployment.eventSources.queues,
    (name) => sqsClient({ ...environment, ...environmentOf(name) }),
    invoke,
    onError,
  )
  // Elsewhere than on this machine, the stream needs signatures. There the schedule finds the events, a minute later.
  const { streams } = deployment.eventSources
  const streamSources = new StreamSources(
    emulators.unsigned ? streams : [],
    emulators.endpoints.dynamodb,
    invoke,
    onError,
  )
  if (guarded && options.onDenial) checkStreamAccess(deployment.functions, streams, options.onDenial)
  const release = keepInUse(directory)
  if (options.schedules) schedules.start()
  queueSources.start()
  streamSources.start()
  const { functions, routes } = deployment
  onStep(`${functions.length} functions, ${routes.length} routes, ${deployment.schedules.length} schedules`)
  return {
    routes,
    host,
    schedules,
    guarded,
    close: async () => {
      queueSources.stop()
      await streamSources.stop()
      schedules.stop()
      await host.close()
      await guarded?.close()
      release()
    },
  }
}

/** Lambda reads a stream with the function's role. */
function checkStreamAccess(
  functions: readonly FunctionDefinition[],
  streams: readonly StreamSource[],
  onDenial: (denial: Denial) => void,
): void {
  for (const { function: name, streamArn } of streams) {
    const statements = functions.find((one) => one.name === name)?.statements ?? []
    for (const action of ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams']) {
      const call = { action: `dynamodb:${action}`, resource: streamArn, context: {} }
      if (!isAllowed(statements, call)) onDenial({ function: name, ...call })
    }
  }
}
