// The synthesized service with each function in a process of AWS' runtime client: the local stack's gateway and emulators in
// front and behind, and each function held to its role's policies.
import { openBridge } from '../../../infra/local/api-gateway/bridge.ts'
import { synthesize } from '../../../infra/local/cloudformation/synthesis.ts'
import { readDeployment } from '../../../infra/local/cloudformation/template.ts'
import { ensureTables } from '../../../infra/local/dynamodb/tables.ts'
import { startEmulators } from '../../../infra/local/emulators.ts'
import type { Denial } from '../../../infra/local/iam/guard.ts'
import { guardEmulators } from '../../../infra/local/iam/guarded.ts'
import { Schedules } from '../../../infra/local/schedules.ts'
import { createQueues } from '../../../infra/local/sqs/queues.ts'
import { type FunctionProcess, startFunction } from './function-process.ts'

export interface ServiceUnderClient {
  readonly url: string
  readonly functions: ReadonlyMap<string, FunctionProcess>
  readonly schedules: Schedules
  readonly denials: readonly Denial[]
  /** Starts another process of a function, with some variables changed. */
  startAgain(name: string, changed: Readonly<Record<string, string>>): Promise<FunctionProcess>
  close(): Promise<void>
}

/** @param parameters values of the template's parameters */
export async function startService(
  client: string,
  parameters: Readonly<Record<string, string>>,
): Promise<ServiceUnderClient> {
  const [{ directory }, bridge, emulators] = await Promise.all([
    synthesize(),
    openBridge(0),
    startEmulators(undefined, {}),
  ])
  const deployment = readDeployment(directory, {
    publicUrl: bridge.url,
    parameters,
    sqsUrl: emulators.endpoints.sqs,
  })
  const { functions, tables, queues, routes, schedules, keyIds } = deployment
  emulators.ensureKeys(keyIds)
  await ensureTables(emulators.environment, tables)
  await createQueues(emulators.environment, queues)
  const denials: Denial[] = []
  const guarded = await guardEmulators(emulators, deployment, (denial) => denials.push(denial))
  const started: FunctionProcess[] = []
  const start = async (definition: (typeof functions)[number], changed = {}) => {
    const own = { ...emulators.environment, ...guarded.environmentOf(definition), ...changed }
    const process = await startFunction(client, definition, own)
    started.push(process)
    return process
  }
  const byName = new Map<string, FunctionProcess>()
  for (const definition of functions) byName.set(definition.name, await start(definition))
  const invoke = async (name: string, event: unknown) => byName.get(name)?.invoke(event)
  bridge.serve({ routes, invoke })
  return {
    url: bridge.url,
    functions: byName,
    schedules: new Schedules(schedules, invoke),
    denials,
    startAgain: async (name, changed) => {
      const definition = functions.find((one) => one.name === name)
      if (definition === undefined) throw new Error(`The template has no function "${name}"`)
      return start(definition, changed)
    },
    close: async () => {
      await Promise.all(started.map((process) => process.close()))
      await Promise.all([guarded.close(), bridge.close()])
      await emulators.close()
    },
  }
}
