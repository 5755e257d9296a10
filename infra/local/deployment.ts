// Runs one synthesized template: its tables, queues and keys, functions, schedules and event sources. The emulators and the
// API's port stay when it is closed, so that the next template finds the same state.
import { keepInUse } from './cloudformation/synthesis.ts'
import { type RouteDefinition, readDeployment } from './cloudformation/template.ts'
import { ensureTables } from './dynamodb/tables.ts'
import type { Emulators } from './emulators.ts'
import type { Denial } from './iam/guard.ts'
import { type Guarded, guardEmulators } from './iam/guarded.ts'
import { type FunctionLog, LambdaHost, type SourceOptions } from './lambda/host.ts'
import { Schedules } from './schedules.ts'
import { EventSources } from './sqs/event-sources.ts'
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
  const eventSources = new EventSources(
    deployment.eventSources,
    (name) => sqsClient({ ...environment, ...environmentOf(name) }),
    invoke,
    (name, error) => onLog({ function: name, text: `${error.message}\n` }),
  )
  const release = keepInUse(directory)
  if (options.schedules) schedules.start()
  eventSources.start()
  const { functions, routes } = deployment
  onStep(`${functions.length} functions, ${routes.length} routes, ${deployment.schedules.length} schedules`)
  return {
    routes,
    host,
    schedules,
    guarded,
    close: async () => {
      eventSources.stop()
      schedules.stop()
      await host.close()
      await guarded?.close()
      release()
    },
  }
}
