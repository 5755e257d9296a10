// Puts a guard before each emulator.
import type { FunctionDefinition } from '../cloudformation/template.ts'
import type { Emulators } from '../emulators.ts'
import { type Denial, startGuard } from './guard.ts'

export interface Guarded {
  /** The variables with which a function reaches the guards. Its access key is its name. */
  environmentOf(functionName: string): Readonly<Record<string, string>>
  close(): Promise<void>
}

export async function guardEmulators(
  { endpoints }: Pick<Emulators, 'endpoints'>,
  functions: readonly Pick<FunctionDefinition, 'name' | 'statements'>[],
  onDenial: (denial: Denial) => void,
): Promise<Guarded> {
  const roles = Object.fromEntries(functions.map(({ name, statements }) => [name, statements]))
  const [dynamodb, kms, sqs] = await Promise.all([
    startGuard(endpoints.dynamodb, roles, onDenial),
    startGuard(endpoints.kms, roles, onDenial),
    startGuard(endpoints.sqs, roles, onDenial),
  ])
  return {
    environmentOf: (name) => ({
      AWS_ENDPOINT_URL_DYNAMODB: dynamodb.url,
      AWS_ENDPOINT_URL_KMS: kms.url,
      AWS_ENDPOINT_URL_SQS: sqs.url,
      AWS_ACCESS_KEY_ID: name,
    }),
    close: async () => {
      await Promise.all([dynamodb.close(), kms.close(), sqs.close()])
    },
  }
}
