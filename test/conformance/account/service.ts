// Runs the deployed functions: their published code with their deployed environment, behind the deployed routes. Every AWS
// call passes a guard that lets it through only if the deployed policies of the function's role allow it.
import type { Bridge } from '../../../infra/local/api-gateway/bridge.ts'
import { type Denial, type FunctionCall, startGuard } from '../../../infra/local/iam/guard.ts'
import { LambdaHost } from '../../../infra/local/lambda/host.ts'
import type { Account } from './account.ts'
import { type Deployed, resourceOf } from './deployed.ts'

export interface DeployedService {
  readonly denials: readonly Denial[]
  /** Runs every deployed schedule once. @throws Error with the log when one fails */
  runSchedules(): Promise<void>
  /** One line for each function: the calls that it made, with their counts. */
  callsByRole(): readonly string[]
  /** What the functions wrote. */
  log(): string
  close(): Promise<void>
}

export async function serveDeployed(
  account: Account,
  deployed: Deployed,
  bridge: Bridge,
): Promise<DeployedService> {
  const calls = new Map<string, Map<string, number>>()
  const denials: Denial[] = []
  let log = ''
  const onCall = ({ function: name, action }: FunctionCall) => {
    const own = calls.get(name) ?? new Map<string, number>()
    own.set(action, (own.get(action) ?? 0) + 1)
    calls.set(name, own)
  }
  const roles = Object.fromEntries(deployed.functions.map(({ name, statements }) => [name, statements]))
  const guard = await startGuard(account.url, roles, (denial) => denials.push(denial), {
    accessKey: account.environment.AWS_ACCESS_KEY_ID,
    tableKeyArn: keyArn(resourceOf(deployed, 'AWS::KMS::Key', 'TableKey').physicalId),
    onCall,
  })
  const host = new LambdaHost(deployed.functions, {
    environment: {
      ...account.environment,
      AWS_ENDPOINT_URL_DYNAMODB: guard.url,
      AWS_ENDPOINT_URL_KMS: guard.url,
      AWS_ENDPOINT_URL_SQS: guard.url,
    },
    onLog: ({ function: name, text }) => {
      log += `${name}: ${text}`
    },
    own: ({ name, environment }) => ({ AWS_ACCESS_KEY_ID: name, ...viaGuard(environment, guard.url) }),
  })
  const invoke = (name: string, event: unknown) => host.invoke(name, event)
  bridge.serve({ routes: deployed.routes, invoke })
  return {
    denials,
    log: () => log,
    runSchedules: async () => {
      for (const { function: name, input } of deployed.schedules) {
        await invoke(name, input).catch((error) => {
          throw new Error(`The schedule of ${name} failed: ${error.message}\n${log.slice(-2000)}`)
        })
      }
    },
    callsByRole: () =>
      [...calls]
        .toSorted(([one], [other]) => (one < other ? -1 : 1))
        .map(
          ([name, own]) => `${name}: ${[...own].map(([action, count]) => `${action} × ${count}`).join(', ')}`,
        ),
    close: async () => {
      await host.close()
      await guard.close()
    },
  }
}

/** An SDK takes the host of a queue's URL for SQS. */
function viaGuard(environment: Readonly<Record<string, string>>, guard: string): Record<string, string> {
  const queues = Object.entries(environment).filter(([, value]) => value.startsWith('https://sqs.'))
  return Object.fromEntries(queues.map(([name, value]) => [name, `${guard}${new URL(value).pathname}`]))
}

function keyArn(id: string): string {
  return id.startsWith('arn:') ? id : `arn:aws:kms:us-east-1:000000000000:key/${id}`
}
