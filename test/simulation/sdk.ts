// The SDK's clients for the simulation. They are kept from run to run, because making one takes milliseconds; what a client
// remembers between calls is put back at the start of a run.
import { SimulatedHandler, type Timeouts } from './aws.ts'

interface Config {
  readonly requestHandler?: Timeouts
}
interface Client {
  destroy: () => void
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

interface Pool {
  readonly kept: Kept[]
  /** Those that no owner has. The next one is at the end. */
  free: Kept[]
}

const pools = new Map<ClientClass, Pool>()

/** A class that gives kept clients of the real one, each to one owner in a run. */
export function keptClients(Real: ClientClass): unknown {
  const pool: Pool = { kept: [], free: [] }
  pools.set(Real, pool)
  return class {
    constructor({ requestHandler = {} }: Config) {
      const next = pool.free.pop()
      if (next === undefined) throw new Error('No client is left: raise MAX_CLIENTS')
      next.handler.timeouts = requestHandler
      // What is sent to the queue has a client of its own for each call.
      next.client.destroy = () => {
        next.client.destroy = () => {}
        renew(next)
        pool.free.push(next)
      }
      // biome-ignore lint/correctness/noConstructorReturn: the class stands in place of the real one
      return next.client
    }
  }
}

/** More than a run ever has at the same time. */
const MAX_CLIENTS = 60

/** Makes the clients. */
export async function makeClients(): Promise<void> {
  for (const [Real, pool] of pools) {
    while (pool.kept.length < MAX_CLIENTS) pool.kept.push(await newClient(Real))
    pool.free = pool.kept.toReversed()
  }
}

/** Gives all clients back, as if they were new. */
export function renewClients(): void {
  for (const pool of pools.values()) {
    pool.kept.forEach(renew)
    pool.free = pool.kept.toReversed()
  }
}

function renew({ strategy, fresh }: Kept): void {
  Object.assign(strategy, fresh)
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
