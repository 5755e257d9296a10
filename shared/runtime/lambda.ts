// Turns a function's builder into its Lambda handler. Importing a function's file elsewhere, in a test say, builds nothing.
import type { Context } from 'aws-lambda'
import type { Log } from '#domain/ambient.ts'
import { type FunctionName, parseEnv, type Settings } from './env.ts'
import { primed } from './prime.ts'

interface Startable {
  readonly log: Log
  /** What is worth doing before the first request. */
  readonly prime?: () => Promise<void>
}

/**
 * @param createServices makes what the function needs from its parsed environment
 * @param build makes the handler from that
 */
export async function onLambda<F extends FunctionName, Ports extends Startable, Event, Result>(
  name: F,
  createServices: (name: F, settings: Settings<F>) => Ports,
  build: (services: Ports) => (event: Event, context: Context) => Promise<Result>,
): Promise<(event: Event, context: Context) => Promise<Result>> {
  let built: ReturnType<typeof build> | undefined
  const start = () => {
    const services = createServices(name, parseEnv(name, process.env))
    built = build(services)
    return { built, services }
  }
  // Lambda's INIT phase has full CPU: what can be made then is made then. It ends when the module is evaluated.
  if (process.env.AWS_LAMBDA_FUNCTION_NAME !== undefined) {
    const { services } = start()
    if (services.prime !== undefined) await primed(services.prime, services.log)
  }
  return (event, context) => (built ?? start().built)(event, context)
}
