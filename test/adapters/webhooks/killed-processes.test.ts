// Processes die between any two calls of the way from a change to the receiver: before or after the call that is their last. With the
// real adapters on the simulated AWS. With more runs: npm run kills
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { KMSClient } from '@aws-sdk/client-kms'
import { SQSClient } from '@aws-sdk/client-sqs'
import { expect, test } from 'vitest'
import { DynamoDbConnections } from '#adapters/dynamodb/connections.ts'
import { DynamoDbEventLog } from '#adapters/dynamodb/events/event-log.ts'
import { Table } from '#adapters/dynamodb/table.ts'
import { DynamoDbTenants } from '#adapters/dynamodb/tenants.ts'
import { DynamoDbDeliveries } from '#adapters/dynamodb/webhooks/deliveries.ts'
import { DynamoDbEndpoints } from '#adapters/dynamodb/webhooks/endpoints.ts'
import { wokenBy } from '#adapters/sqs/sender-message.ts'
import { SqsSenders } from '#adapters/sqs/senders.ts'
import { KmsDataKeys } from '#adapters/vault/data-keys.ts'
import { KmsEndpointSecrets } from '#adapters/webhooks/secrets.ts'
import { type LoggedEvent, stampFor } from '#domain/events/event.ts'
import { publishEvents, sweepOutbox } from '#domain/events/publish-events.ts'
import { idMinter } from '#domain/ids.ts'
import { epochSeconds } from '#domain/time.ts'
import { createEndpoint } from '#domain/webhooks/manage-endpoints.ts'
import type { WebhookAnswer } from '#domain/webhooks/ports.ts'
import { send } from '#domain/webhooks/send.ts'
import { wakeDue } from '#domain/webhooks/wake-due.ts'
import { aConnection, aTenant, NOW, refOf } from '../../contracts/samples.ts'
import { FakeLog } from '../../fakes/log.ts'
import { KEY_ARN, OUR_AWS, TABLE } from '../../simulation/world/our-aws.ts'
import { Random } from '../../simulation/world/random.ts'
import { requestHandlerOf } from '../../simulation/world/request-handler.ts'
import { World } from '../../simulation/world/world.ts'

const RUNS = Number(process.env.KILLED_RUNS ?? 8)
const FIGURES = process.env.KILLED_RUNS !== undefined
/** A process of a run dies at one of so many calls, and outlives them in half of all cases. */
const MAX_CALLS = 12
const MINUTE = 60_000
/** After the third failure in a row, the next attempt comes after half an hour. */
const MAX_MINUTES = 240

const QUEUE = {
  name: 'webhooks',
  url: 'https://sqs.us-east-1.amazonaws.com/000000000000/webhooks',
  visibilityMilliseconds: 1.5 * MINUTE,
  retentionMilliseconds: 14 * 24 * 60 * MINUTE,
}
const access = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  maxAttempts: 1,
}

class Run {
  readonly world: World
  readonly tenant = aTenant()
  readonly random: Random
  readonly received: string[] = []
  readonly followed: LoggedEvent[] = []
  kills = 0
  #milliseconds = NOW * 1000
  /** How many of the next requests the receiver does not answer well. */
  #failures: number

  constructor(seed: number) {
    this.random = new Random(seed)
    this.world = new World({ ...OUR_AWS, queues: [QUEUE] }, seed)
    this.#failures = this.random.below(4)
  }

  readonly now = () => epochSeconds(this.#milliseconds / 1000)
  readonly wall = () => this.#milliseconds
  pass(milliseconds: number): void {
    this.#milliseconds += milliseconds
  }

  /** A new process. @param mayDie whether one of its calls may be its last */
  process(mayDie: boolean) {
    const dying = mayDie && this.random.next() < 0.5
    let left = dying ? 1 + this.random.below(MAX_CALLS) : Number.POSITIVE_INFINITY
    const isDone = this.random.next() < 0.5
    const living = async <T>(call: () => Promise<T>): Promise<T> => {
      left -= 1
      if (left > 0) return call()
      if (left === 0) this.kills += 1
      if (left === 0 && isDone) await call()
      throw new Error('killed')
    }
    const handler = requestHandlerOf(this.world, this.wall)
    const requestHandler = {
      ...handler,
      handle: (request: Parameters<typeof handler.handle>[0]) => living(() => handler.handle(request)),
    }
    const table = new Table(new DynamoDBClient({ ...access, requestHandler }), TABLE.name)
    const newId = idMinter(this.wall, (length) => this.random.bytes(length))
    const stamp = stampFor({ newId, now: this.now })
    const eventLog = new DynamoDbEventLog(table)
    const endpoints = new DynamoDbEndpoints(table, stamp)
    const dataKeys = new KmsDataKeys(new KMSClient({ ...access, requestHandler }))
    const secrets = new KmsEndpointSecrets(dataKeys, KEY_ARN)
    const sqs = new SQSClient({ ...access, requestHandler })
    return {
      now: this.now,
      newId,
      chance: () => this.random.next(),
      log: new FakeLog(),
      publicUrl: 'https://connect.example.com',
      eventRetentionDays: 90,
      tenants: new DynamoDbTenants(table),
      connections: new DynamoDbConnections(table, stamp),
      outbox: eventLog,
      eventLog,
      endpoints,
      subscribers: endpoints,
      deliveries: new DynamoDbDeliveries(table),
      senders: new SqsSenders(QUEUE.url, async () => sqs),
      secretMaker: secrets,
      secretOpener: secrets,
      bodyOf: ({ id }: { readonly id: string }) => id,
      webhookClient: { post: ({ body }: { readonly body: string }) => living(() => this.#receive(body)) },
    }
  }

  /** The receiver: some of its first answers are faults, though it has the event. */
  async #receive(id: string): Promise<WebhookAnswer> {
    this.received.push(id)
    this.#failures -= 1
    if (this.#failures < 0) return { status: 204, milliseconds: 5 }
    return this.random.next() < 0.5
      ? { status: 500, milliseconds: 5 }
      : { fault: 'timeout', milliseconds: 15_000 }
  }

  /** The queue gives its messages to a new sender each. A message of one that fails comes again. */
  async deliverMessages(mayDie: boolean): Promise<void> {
    const call = (operation: string, input: object) =>
      this.world.call(`AmazonSQS.${operation}`, { QueueUrl: QUEUE.url, ...input }, this.wall()).body as {
        Messages?: readonly { readonly Body: string; readonly ReceiptHandle: string }[]
      }
    for (;;) {
      const [message] = call('ReceiveMessage', { MaxNumberOfMessages: 1 }).Messages ?? []
      if (message === undefined) return
      const sent = await send(this.process(mayDie), wokenBy(message.Body), () => true).catch(() => 'killed')
      if (sent !== 'killed') call('DeleteMessage', { ReceiptHandle: message.ReceiptHandle })
    }
  }

  /** A product reads a few events by the cursor. */
  async follow(): Promise<void> {
    const position = this.followed.at(-1)?.position ?? 0
    this.followed.push(...(await this.process(false).eventLog.after(this.tenant.id, position, 3)))
  }
}

/** @returns how many changes were made, each of which has one event */
async function change(run: Run): Promise<number> {
  const { connections, now } = run.process(false)
  const all = Array.from({ length: 1 + run.random.below(3) }, () => aConnection(run.tenant.id))
  for (const connection of all) await connections.create(connection)
  const [first] = all
  if (first === undefined) throw new Error('nothing to change')
  await connections.update(refOf(first), { generation: 1 }, { suspendedAt: now(), updatedAt: now() })
  return all.length + 1
}

async function runOf(seed: number): Promise<Run> {
  const run = new Run(seed)
  const operator = run.process(false)
  await operator.tenants.create(run.tenant)
  await createEndpoint(operator, run.tenant.id, { url: 'https://saas.example.com/hooks' })
  const changes = await change(run)
  // The stream brings the events to a publisher, once or twice.
  for (let copies = 1 + run.random.below(2); copies > 0; copies--)
    await publishEvents(run.process(true), run.tenant.id).catch(() => undefined)
  for (let minute = 0; minute < MAX_MINUTES; minute++) {
    const mayDie = minute < 5
    await run.deliverMessages(mayDie)
    await run.follow()
    run.pass(MINUTE)
    await sweepOutbox(run.process(mayDie), () => true).catch(() => undefined)
    await wakeDue(run.process(mayDie)).catch(() => undefined)
    if (minute >= 5 && new Set(run.received).size === changes && run.followed.length === changes) break
  }
  await run.follow()
  const positions = run.followed.map(({ position }) => position)
  expect(positions, `seed ${seed}: the log has each event once`).toEqual(
    Array.from({ length: changes }, (_, place) => place + 1),
  )
  const logged = run.followed.map(({ id }) => id as string)
  expect(new Set(logged).size, `seed ${seed}: no event is in the log twice`).toBe(changes)
  expect(new Set(run.received), `seed ${seed}: each event arrives`).toEqual(new Set(logged))
  return run
}

test(`${RUNS} runs in which processes die: each event is in the log once, and arrives`, async () => {
  let [kills, repeated] = [0, 0]
  for (let seed = 1; seed <= RUNS; seed++) {
    const run = await runOf(seed)
    kills += run.kills
    repeated += run.received.length - new Set(run.received).size
  }
  // A run in which nothing dies would show nothing.
  expect(kills).toBeGreaterThan(RUNS / 2)
  if (FIGURES) process.stdout.write(`${kills} processes died; ${repeated} events arrived again\n`)
}, 600_000)
