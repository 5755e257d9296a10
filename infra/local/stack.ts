// The whole service on this machine: emulators, the synthesized template's tables, functions, routes and schedules, and
// the API's port. `npm start` and the journey tests start the same thing. Closing it leaves nothing behind.

import { openBridge } from './api-gateway/bridge.ts'
import { keepInUse, synthesize } from './cloudformation/synthesis.ts'
import { readDeployment } from './cloudformation/template.ts'
import { ensureTables } from './dynamodb/tables.ts'
import { startEmulators } from './emulators.ts'
import { type FunctionLog, LambdaHost } from './lambda/host.ts'
import { type ScheduleRun, Schedules } from './schedules.ts'
import { EventSources } from './sqs/event-sources.ts'
import { createQueues, sqsClient } from './sqs/queues.ts'

export interface StackOptions {
  /** 0, the default, takes any free port. */
  readonly port?: number
  /** Where the state of DynamoDB, KMS and SQS is kept between runs; without one everything is in memory. */
  readonly dataDir?: string
  /** Values of the template's parameters, as for `cdk deploy --parameters`. */
  readonly parameters?: Readonly<Record<string, string>>
  /** Whether the template's schedules run by themselves. Default: no. */
  readonly schedules?: boolean
  /** Gets everything that functions write to stdout and stderr. */
  readonly onLog?: (log: FunctionLog) => void
  /** Told of each part that is ready, and of the long one before it begins. */
  readonly onStep?: (step: string) => void
  /** Where the template is; synthesized from the sources by default. */
  readonly templates?: string
}

export interface LocalStack {
  readonly url: string
  readonly endpoints: { readonly dynamodb: string; readonly kms: string; readonly sqs: string }
  /**
   * Invokes a function past the API, as the scheduler does.
   * @param name as in functions/: "keep-alive"
   */
  invoke(name: string, event: unknown): Promise<unknown>
  /** Ends a function's process; its next invocation starts another one. */
  recycle(name: string): void
  /** Runs every schedule once, now. */
  runSchedules(): Promise<ScheduleRun[]>
  /** How often each KMS operation was called. */
  kmsCalls(): Readonly<Record<string, number>>
  /** Starts all functions, so that first requests are not slow. */
  warm(): void
  close(): Promise<void>
}

/** @throws Error when a part does not start; those started before it are closed again */
export async function startStack(options: StackOptions = {}): Promise<LocalStack> {
  const { onStep = () => {}, onLog = () => {}, dataDir } = options
  const closers: (() => Promise<void>)[] = []
  // Backwards: what uses a part ends before it.
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer()
  }
  try {
    // First of all, because a taken port is the likeliest failure, and because functions are told their own URL.
    const bridge = await openBridge(options.port ?? 0)
    closers.push(bridge.close)
    const emulators = await startEmulators(dataDir, process.env)
    closers.push(emulators.close)
    onStep(`DynamoDB at ${emulators.endpoints.dynamodb}, KMS at ${emulators.endpoints.kms}`)
    const directory = options.templates ?? (await synthesizeAloud(onStep))
    const release = keepInUse(directory)
    closers.push(async () => release())
    const deployment = readDeployment(directory, {
      publicUrl: bridge.url,
      parameters: options.parameters ?? {},
      externalKeyArn: emulators.externalKeyArn,
      sqsUrl: emulators.endpoints.sqs,
    })
    emulators.ensureKeys(deployment.keyIds)
    await ensureTables(emulators.environment, deployment.tables)
    await createQueues(emulators.environment, deployment.queues)
    await emulators.sendLeftOvers()
    onStep(`tables: ${deployment.tables.map((table) => table.name).join(', ')}`)
    const host = new LambdaHost(deployment.functions, { environment: emulators.environment, onLog })
    closers.push(() => host.close())
    const invoke = (name: string, event: unknown) => host.invoke(name, event)
    const schedules = new Schedules(deployment.schedules, invoke)
    if (options.schedules) schedules.start()
    closers.push(async () => schedules.stop())
    const eventSources = new EventSources(
      deployment.eventSources,
      sqsClient(emulators.environment),
      invoke,
      (name, error) => onLog({ function: name, text: `${error.message}\n` }),
    )
    eventSources.start()
    closers.push(async () => eventSources.stop())
    bridge.serve({ routes: deployment.routes, invoke })
    const { functions, routes } = deployment
    onStep(`${functions.length} functions, ${routes.length} routes, ${deployment.schedules.length} schedules`)
    return {
      url: bridge.url,
      endpoints: emulators.endpoints,
      invoke,
      recycle: (name) => host.recycle(name),
      runSchedules: () => schedules.runAll(),
      kmsCalls: emulators.kmsCalls,
      warm: () => host.warm(),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

async function synthesizeAloud(onStep: (step: string) => void): Promise<string> {
  const { directory, cached } = await synthesize(undefined, () => {
    onStep('synthesizing the CDK app (some seconds, once for each change of the sources)')
  })
  onStep(cached ? 'templates from the cache' : 'templates synthesized')
  return directory
}
