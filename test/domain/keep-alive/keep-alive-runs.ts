// Runs of keep-alive, for its tests.

import { DUE_SHARDS } from '#adapters/dynamodb/schema.ts'
import type { Connection } from '#domain/connections/connection.ts'
import { keepAlive } from '#domain/keep-alive/keep-alive.ts'
import { openScene, type Scene } from '../../fakes/scene.ts'
import type { FakeServices } from '../../fakes.ts'

export const always = () => true

/** Runs every shard. Gives the sum of the reports. */
export async function run(
  services: FakeServices,
  mayGoOn: () => boolean = always,
): Promise<Record<string, number>> {
  const sum: Record<string, number> = {}
  for (let shard = 0; shard < DUE_SHARDS; shard++) {
    const report = await keepAlive(services, shard, mayGoOn)
    for (const [outcome, count] of Object.entries(report)) sum[outcome] = (sum[outcome] ?? 0) + count
  }
  return sum
}

/** Puts everything into one shard, so that one run works on all. */
export function inOneShard(services: FakeServices): void {
  const due = services.connections.due.bind(services.connections)
  services.dueIndex.due = async (_, now) => {
    const shards = Array.from({ length: DUE_SHARDS }, (__, shard) => due(shard, now, 1000))
    return { items: (await Promise.all(shards)).flatMap(({ items }) => items) }
  }
}

export async function sceneOf(
  mode: FakeServices['clickfunnels']['tokens']['mode'],
  count: number,
): Promise<{ scene: Scene; services: FakeServices; connections: Connection[] }> {
  const scene = await openScene()
  scene.services.clickfunnels.tokens.mode = mode
  return { scene, services: scene.services, connections: await scene.connectMany(count) }
}
