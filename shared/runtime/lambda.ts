// Turns a function's builder into its Lambda handler. Importing a function's file elsewhere, in a test say, builds nothing.
import type { Context } from 'aws-lambda'
import { type FunctionName, parseEnv } from './env.ts'

/**
 * @param createServices makes what the function needs from its parsed environment
 * @param build makes the handler from that
 */
export function onLambda<F extends FunctionName, Ports, Event, Result>(
  name: F,
  createServices: (name: F, settings: ReturnType<typeof parseEnv<F>>) => Ports,
  build: (services: Ports) => (event: Event, context: Context) => Promise<Result>,
): (event: Event, context: Context) => Promise<Result> {
  let built: ReturnType<typeof build> | undefined
  const handler = () => {
    built ??= build(createServices(name, parseEnv(name, process.env)))
    return built
  }
  // Lambda's INIT phase has full CPU and is not waited for by anybody: what can be made then is made then.
  if (process.env.AWS_LAMBDA_FUNCTION_NAME !== undefined) handler()
  return (event, context) => handler()(event, context)
}
