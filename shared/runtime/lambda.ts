// Turns the builder of a function into its Lambda handler. Outside Lambda, in a test for example, importing a function's file
// builds nothing.
import type { Context } from 'aws-lambda'
import type { Log } from '#domain/ambient.ts'
import { type FunctionName, parseEnv, type Settings } from './env.ts'
import { primed } from './prime.ts'

interface Startable {
  readonly log: Log
  /** Runs before the first request. */
  readonly prime?: () => Promise<void>
}

/**
 * @param createServices makes the services of the function from its parsed environment
 * @param build makes the handler from the services
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
  // Lambda's INIT phase has full CPU, so services are made and primed in it. INIT ends when the module is evaluated.
  if (process.env.AWS_LAMBDA_FUNCTION_NAME !== undefined) {
    const { services } = start()
    if (services.prime !== undefined) await primed(services.prime, services.log)
  }
  return (event, context) => (built ?? start().built)(event, context)
}
