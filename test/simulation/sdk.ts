// The SDK's clients for the simulation. They are kept from run to run, because making one takes milliseconds; what a client
// remembers between calls is put back at the start of a run.
import { SimulatedHandler, type Timeouts } from './aws.ts'

interface Config {
  readonly requestHandler?: Timeouts
}
interface Client {
  readonly config: { retryStrategy(): Promise<unknown> }
  readonly middlewareStack: { remove(name: string): boolean }
}
type ClientClass = new (config: object) => Client

interface Kept {
  readonly client: Client
  readonly handler: SimulatedHandler
  readonly strategy: Record<string, unknown>
  readonly fresh: Record<string, unknown>
}

const pools = new Map<ClientClass, { readonly kept: Kept[]; used: number }>()

/** A class that gives kept clients of the real one, each to one owner in a run. */
export function keptClients(Real: ClientClass): unknown {
  const pool = { kept: [] as Kept[], used: 0 }
  pools.set(Real, pool)
  return class {
    constructor({ requestHandler = {} }: Config) {
      const next = pool.kept[pool.used]
      if (next === undefined) throw new Error('No client is left: raise MAX_CLIENTS')
      pool.used += 1
      next.handler.timeouts = requestHandler
      // biome-ignore lint/correctness/noConstructorReturn: the class stands in place of the real one
      return next.client
    }
  }
}

/** More than a run ever has processes. */
const MAX_CLIENTS = 60

/** Makes the clients. */
export async function makeClients(): Promise<void> {
  for (const [Real, pool] of pools) {
    while (pool.kept.length < MAX_CLIENTS) pool.kept.push(await newClient(Real))
  }
}

/** Gives all clients back, as if they were new. */
export function renewClients(): void {
  for (const pool of pools.values()) {
    for (const { strategy, fresh } of pool.kept.slice(0, pool.used)) Object.assign(strategy, fresh)
    pool.used = 0
  }
}

/** Headers and log lines that nothing of ours depends on. They take a quarter of the time of a call. */
const LEFT_OUT = [
  'getUserAgentMiddleware',
  'loggerMiddleware',
  'hostHeaderMiddleware',
  'recursionDetectionMiddleware',
  'contentLengthMiddleware',
]

async function newClient(Real: ClientClass): Promise<Kept> {
  const handler = new SimulatedHandler()
  const client = new Real({
    region: 'us-east-1',
    credentials: { accessKeyId: 'simulated', secretAccessKey: 'simulated' },
    requestHandler: handler,
    // Signing takes two thirds of the time of a call, and nothing of ours depends on it.
    signer: { sign: async (request: unknown) => request },
  })
  for (const name of LEFT_OUT) client.middlewareStack.remove(name)
  const strategy = (await client.config.retryStrategy()) as Record<string, unknown>
  return { client, handler, strategy, fresh: { ...strategy } }
}
