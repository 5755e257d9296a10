// How events get from the outbox into the tenant's log: the table's stream brings new ones to the function that publishes them,
// and each minute it looks for those that the stream did not bring. Its event source is in infra/event-stream.ts.
import { prefixOf } from '#adapters/dynamodb/schema.ts'
import type { Stage } from './stage.ts'
import { TABLE } from './world/our-aws.ts'

const PUBLISH_MILLISECONDS = 30_000
const MINUTE = 60_000
/** A batch that fails is tried so often, and then given up. */
const ATTEMPTS = 4

interface Transaction {
  readonly TransactItems?: readonly { readonly Put?: { readonly Item?: Keys } }[]
}
interface Keys {
  readonly pk?: { readonly S?: string }
  readonly sk?: { readonly S?: string }
}

/** The partitions into whose outbox a transaction puts events. */
export function streamedBy(input: Transaction): readonly string[] {
  const items = (input.TransactItems ?? []).map(({ Put }) => Put?.Item)
  return items.flatMap((item) => (item?.sk?.S?.startsWith(prefixOf.outbox) ? [item.pk?.S ?? ''] : []))
}

export function startPublishing(stage: Stage): void {
  const { timeline, weather, host } = stage
  const chance = stage.chance
  stage.onStreamed = (partition) => {
    const fault = weather.fault('stream', ['never', 'slow', 'duplicate'])
    if (fault) stage.note(`the stream's record is ${fault.kind}`)
    if (fault?.kind === 'never') return
    const late = fault?.kind === 'slow' ? fault.chance.logUniform(1_000, 3 * MINUTE) : 0
    const Records = [{ dynamodb: { Keys: { pk: { S: partition } } } }]
    for (let copies = fault?.kind === 'duplicate' ? 2 : 1; copies > 0; copies--)
      timeline.outside(chance.logUniform(20, 1_000) + late, () => void publish(Records, ATTEMPTS))
  }
  const publish = async (Records: readonly object[], attempts: number): Promise<void> => {
    const { kind } = await host.invoke('publish-events', { Records }, PUBLISH_MILLISECONDS)
    if (kind === 'answered' || attempts === 1) return
    await timeline.sleep(1_000)
    await publish(Records, attempts - 1)
  }
  const sweep = () => {
    if (isOverdue(stage)) void host.invoke('publish-events', {}, PUBLISH_MILLISECONDS)
    timeline.outside(MINUTE, sweep)
  }
  timeline.outside(chance.below(MINUTE), sweep)
}

function isOverdue({ world, wall }: Stage): boolean {
  const rows = world.dynamodb.tables.get(TABLE.name)?.rows.values() ?? []
  return [...rows].some(
    ({ item }) => item.sk?.S?.startsWith(prefixOf.outbox) && Number(item.dueAt?.N) <= wall() / 1000 + 5,
  )
}
