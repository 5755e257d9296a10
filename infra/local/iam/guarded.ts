// Puts a guard before each emulator.
import type { Deployment, FunctionDefinition } from '../cloudformation/template.ts'
import type { Emulators } from '../emulators.ts'
import { type Denial, startGuard } from './guard.ts'

type Endpoints = Emulators['endpoints']

export interface Guarded {
  /** Where the guards listen. */
  readonly endpoints: Endpoints
  /**
   * The variables with which a function reaches the guards. Its access key is its name. The URLs of queues are among them,
   * because an SDK takes the host of a queue's URL for SQS.
   */
  readonly environmentOf: (definition: FunctionDefinition) => Readonly<Record<string, string>>
  close(): Promise<void>
}

export async function guardEmulators(
  { endpoints, environment }: Pick<Emulators, 'endpoints' | 'environment'>,
  { functions, tables }: Pick<Deployment, 'functions' | 'tables'>,
  onDenial: (denial: Denial) => void,
): Promise<Guarded> {
  const roles = Object.fromEntries(functions.map(({ name, statements }) => [name, statements]))
  const accessKey = environment.AWS_ACCESS_KEY_ID
  const [dynamodb, kms, sqs] = await Promise.all([
    startGuard(endpoints.dynamodb, roles, onDenial, { accessKey, tableKeyArn: tables[0]?.keyArn }),
    startGuard(endpoints.kms, roles, onDenial, { accessKey }),
    startGuard(endpoints.sqs, roles, onDenial, { accessKey }),
  ])
  return {
    endpoints: { dynamodb: dynamodb.url, kms: kms.url, sqs: sqs.url },
    environmentOf: ({ name, environment: own }) => ({
      ...Object.fromEntries(
        Object.entries(own).map(([variable, value]) => [variable, moved(value, endpoints.sqs, sqs.url)]),
      ),
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

/** The URL at another host, if it is below `from`. */
function moved(url: string, from: string, to: string): string {
  return url.startsWith(`${from}/`) ? `${to}${url.slice(from.length)}` : url
}
