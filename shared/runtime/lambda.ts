// Turns the builder of a function into its Lambda handler. Outside Lambda, in a test for example, importing a function's file
// builds nothing.
import type { Context } from 'aws-lambda'
import type { Background, Log } from '#domain/ambient.ts'
import { type FunctionName, parseEnv, type Settings } from './env.ts'
import type { LambdaExtension } from './extension.ts'
import { primed } from './prime.ts'

interface Startable {
  readonly log: Log
  readonly background?: Background
  /** Runs before the first request. */
  readonly prime?: () => Promise<void>
  /** Does what an earlier invocation left to this process, if it left anything. It runs beside the invocation. */
  readonly resume?: () => Promise<void> | undefined
}

/**
 * @param createServices makes the services of the function from its parsed environment
 * @param build makes the handler from the services
 * @param answersFirst loads extension.ts: work in the background may go on after the answer. Without it, Lambda gets the
 *   answer when all of it has ended
 */
export async function onLambda<F extends FunctionName, Ports extends Startable, Event, Result>(
  name: F,
  createServices: (name: F, settings: Settings<F>) => Ports,
  build: (services: Ports) => (event: Event, context: Context) => Promise<Result>,
  answersFirst?: () => Promise<typeof import('./extension.ts')>,
): Promise<(event: Event, context: Context) => Promise<Result>> {
  const start = () => {
    const services = createServices(name, parseEnv(name, process.env))
    return { handle: build(services), services }
  }
  let started: ReturnType<typeof start> | undefined
  let extension: LambdaExtension | undefined
  // Lambda sets it. The local stack does not, because it freezes no process.
  const api = process.env.AWS_LAMBDA_RUNTIME_API
  // Lambda's INIT phase has full CPU, so services are made and primed in it. INIT ends when the module is evaluated.
  if (process.env.AWS_LAMBDA_FUNCTION_NAME !== undefined) {
    started = start()
    const { services } = started
    const { background, log } = services
    const registered = api && answersFirst?.().then((it) => it.registerExtension(api, background, log))
    if (services.prime !== undefined) await primed(services.prime, log)
    extension = (await registered) || undefined
  }
  return async (event, context) => {
    started ??= start()
    const { handle, services } = started
    const resumed = services.resume?.()
    if (resumed !== undefined) services.background?.start(() => resumed)
    try {
      return await handle(event, context)
    } finally {
      if (extension !== undefined) extension.answered(context.awsRequestId)
      else if (api !== undefined) await settled(services.background, context)
    }
  }
}

/** What is not over by then is lost, but the answer is not. */
const ANSWER_MILLISECONDS = 500

function settled(background: Background | undefined, context: Context): Promise<void> | undefined {
  const left = (context.getRemainingTimeInMillis() - ANSWER_MILLISECONDS) / 1000
  return background?.settled(Math.max(0, left))
}
