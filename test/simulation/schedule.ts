// What AWS starts by itself: the schedule of keep-alive each minute, and the recovery function when its queue has messages.
// Runs that would find nothing are left out, because each costs time and changes nothing.
import { DUE_PARTITIONS } from '#domain/keep-alive/due.ts'
import type { Stage } from './stage.ts'
import { RECOVERY_QUEUE, TABLE } from './world/our-aws.ts'

const MINUTE = 60_000
const KEEP_ALIVE_MILLISECONDS = 90_000
const RECOVER_MILLISECONDS = 29_000
/** How soon the event source finds a message that is visible. */
const POLL_MILLISECONDS = 500

export function startSchedules(stage: Stage): void {
  const { timeline } = stage
  const tick = () => {
    for (const shard of duePartitions(stage)) {
      const event = { shard, of: DUE_PARTITIONS }
      void stage.host.invoke('keep-alive', event, KEEP_ALIVE_MILLISECONDS)
    }
    timeline.outside(MINUTE, tick)
  }
  timeline.outside(stage.chance.below(MINUTE), tick)
  let isPlanned = false
  stage.watchers.push(() => {
    const next = isPlanned ? undefined : nextMessageAt(stage)
    if (next === undefined) return
    isPlanned = true
    timeline.outside(Math.max(0, next - stage.wall()) + POLL_MILLISECONDS, () => {
      isPlanned = false
      void poll(stage)
    })
  })
}

function duePartitions({ world, wall }: Stage): ReadonlySet<number> {
  const partitions = new Set<number>()
  const now = wall() / 1000
  for (const { item } of world.dynamodb.tables.get(TABLE.name)?.rows.values() ?? []) {
    const due = item.dueShard?.S
    // The outbox of events is in the same index, under another name.
    const number = /^due#(\d+)$/.exec(due ?? '')?.[1]
    if (number !== undefined && Number(item.dueAt?.N) <= now + 5) partitions.add(Number(number))
  }
  return partitions
}

function nextMessageAt({ world }: Stage): number | undefined {
  const times = world.sqs.queues.get(RECOVERY_QUEUE.name)?.messages.map(({ visibleAt }) => visibleAt) ?? []
  return times.length === 0 ? undefined : Math.min(...times)
}

interface Received {
  readonly Messages?: readonly {
    readonly MessageId: string
    readonly ReceiptHandle: string
    readonly Body: string
    readonly Attributes: Readonly<Record<string, string>>
  }[]
}

/** Takes messages, calls the function, and deletes those that it does not report as failed. */
async function poll({ world, wall, host, noteChange }: Stage): Promise<void> {
  const queue = { QueueUrl: RECOVERY_QUEUE.url }
  const { Messages = [] } = world.sqs.call(
    'ReceiveMessage',
    { ...queue, MaxNumberOfMessages: 10 },
    wall(),
  ) as Received
  if (Messages.length === 0) return
  const Records = Messages.map(({ MessageId, ReceiptHandle, Body, Attributes }) => ({
    messageId: MessageId,
    receiptHandle: ReceiptHandle,
    body: Body,
    attributes: Attributes,
  }))
  const outcome = await host.invoke('recover-rotations', { Records }, RECOVER_MILLISECONDS)
  if (outcome.kind !== 'answered') return
  const { batchItemFailures } = outcome.result as {
    readonly batchItemFailures: readonly { readonly itemIdentifier: string }[]
  }
  const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier))
  for (const { MessageId, ReceiptHandle } of Messages) {
    if (!failed.has(MessageId)) world.sqs.call('DeleteMessage', { ...queue, ReceiptHandle }, wall())
  }
  noteChange()
}
