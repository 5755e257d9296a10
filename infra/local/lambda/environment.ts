// The environment variables and settings that Lambda gives to a function.
import type { FunctionDefinition } from '../cloudformation/template.ts'
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../kms/keys.ts'
import type { FunctionSettings } from './protocol.ts'

type Environment = Readonly<Record<string, string>>

const EVERYWHERE = { AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x', LANG: 'en_US.UTF-8', TZ: ':UTC' }

export function settingsOf({ name, handler, memoryMb }: FunctionDefinition): FunctionSettings {
  const functionArn = `arn:aws:lambda:${LOCAL_REGION}:${LOCAL_ACCOUNT}:function:${name}`
  return { functionName: name, functionArn, memoryMb, handler }
}

/** The variables that Lambda's Node runtime always sets, except region and credentials. */
export function lambdaEnvironment({ name, handler, memoryMb, directory }: FunctionDefinition): Environment {
  return {
    ...EVERYWHERE,
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    LAMBDA_TASK_ROOT: directory,
    _HANDLER: handler,
  }
}

/**
 * The environment of all functions when they run in one process. It has no variables of Lambda's own, so each function
 * builds its services at its first invocation, and a restart does not wait for 14 of them.
 * @throws Error when two functions have different values for one variable
 */
export function sharedEnvironment(functions: readonly FunctionDefinition[]): Environment {
  const shared: Record<string, string> = { ...EVERYWHERE }
  for (const { name, environment } of functions) {
    for (const [variable, value] of Object.entries(environment)) {
      if ((shared[variable] ?? value) !== value) {
        throw new Error(`"${name}" has a ${variable} of its own, so the functions cannot run in one process`)
      }
      shared[variable] = value
    }
  }
  return shared
}
