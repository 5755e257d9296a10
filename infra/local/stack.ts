// Runs the whole service on this machine: emulators, the synthesized template's tables, functions, routes and schedules,
// and the API's port. `npm start`, `npm run dev` and the journey tests all use it. Closing it leaves nothing behind.
import { openBridge } from './api-gateway/bridge.ts'
import { type Synthesis, synthesize } from './cloudformation/synthesis.ts'
import { type DeploymentOptions, type RunningDeployment, startDeployment } from './deployment.ts'
import { startEmulators } from './emulators.ts'
import { DEBUG_SECONDS } from './lambda/host.ts'
import type { ScheduleRun } from './schedules.ts'

export interface StackOptions extends DeploymentOptions {
  /** Default: 0, which takes any free port. */
  readonly port?: number
  /** The folder that keeps the state of DynamoDB, KMS and SQS between runs. Without it, everything is in memory. */
  readonly dataDir?: string
  /** The folder of a synthesized template. Default: it is synthesized from the sources. */
  readonly templates?: string
}

export interface LocalStack {
  readonly url: string
  readonly endpoints: { readonly dynamodb: string; readonly kms: string; readonly sqs: string }
  /**
   * Invokes a function without the API, as the scheduler does.
   * @param name the name of its file in functions/: "keep-alive"
   */
  invoke(name: string, event: unknown): Promise<unknown>
  /** Ends a function's sandbox. Its next invocation starts a new one. */
  recycle(name: string): void
  /**
   * Applies changes of the sources: restarts all functions, and deploys the new template if the templates changed. State
   * stays, and requests wait meanwhile.
   * @throws Error when CDK or a function rejects the sources
   */
  update(): Promise<void>
  /** Runs every schedule once, now. */
  runSchedules(): Promise<ScheduleRun[]>
  /** With `onDenial`: where the functions reach DynamoDB, KMS and SQS. */
  guardedEndpoints(): LocalStack['endpoints'] | undefined
  /** How often each KMS operation was called. */
  kmsCalls(): Readonly<Record<string, number>>
  /** Starts all functions, so that the first requests are not slow. */
  warm(): void
  close(): Promise<void>
}

/** @throws Error when a part does not start. The parts before it are closed again. */
export async function startStack(options: StackOptions = {}): Promise<LocalStack> {
  const { onStep = () => {}, dataDir, sources } = options
  const closers: (() => Promise<void>)[] = []
  // In reverse order, because later parts use earlier ones.
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer()
  }
  try {
    // The port first: a port in use is the most likely failure, and functions need their own URL.
    const bridge = await openBridge(options.port ?? 0)
    closers.push(bridge.close)
    const emulators = await startEmulators(dataDir, process.env)
    closers.push(emulators.close)
    onStep(`DynamoDB at ${emulators.endpoints.dynamodb}, KMS at ${emulators.endpoints.kms}`)
    let deployed = await templatesOf(options)
    if (deployed.cached) onStep('templates from the cache')
    let running: RunningDeployment | undefined
    closers.push(async () => running?.close())
    /** Pending while a new deployment replaces the old one. Requests wait for it. */
    let replaced = Promise.resolve()
    const live = () => {
      if (running) return running
      throw new Error('The last template did not start')
    }
    const deploy = async (directory: string) => {
      await running?.host.drain()
      await running?.close()
      running = undefined
      running = await startDeployment(directory, bridge.url, emulators, options)
      const invoke = async (name: string, event: unknown) => {
        await replaced
        return live().host.invoke(name, event)
      }
      const limit = sources?.inspectPort !== undefined && { limitMs: DEBUG_SECONDS * 1000 }
      bridge.serve({ routes: running.routes, invoke, ...limit })
    }
    await deploy(deployed.directory)
    await emulators.sendLeftOvers()
    return {
      url: bridge.url,
      endpoints: emulators.endpoints,
      invoke: (name, event) => live().host.invoke(name, event),
      recycle: (name) => live().host.recycle(name),
      update: async () => {
        const present = await templatesOf(options)
        if (present.templatesHash !== deployed.templatesHash || !running) {
          const deployment = deploy(present.directory)
          replaced = deployment.catch(() => {})
          await deployment
          deployed = present
        }
        await live().host.restart()
      },
      runSchedules: () => live().schedules.runAll(),
      guardedEndpoints: () => live().guarded?.endpoints,
      kmsCalls: emulators.kmsCalls,
      warm: () => live().host.warm(),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

async function templatesOf({ templates, sources, onStep = () => {} }: StackOptions): Promise<Synthesis> {
  if (templates !== undefined) return { directory: templates, templatesHash: 'given', cached: false }
  const synthesis = await synthesize({
    templatesOnly: sources !== undefined,
    onStart: () => onStep('synthesizing the CDK app (some seconds, once for each change of the sources)'),
  })
  if (!synthesis.cached) onStep('templates synthesized')
  return synthesis
}
