// Runs of keep-alive, for its tests.

import type { Connection } from '#domain/connections/connection.ts'
import { DUE_PARTITIONS } from '#domain/keep-alive/due.ts'
import { keepAlive } from '#domain/keep-alive/keep-alive.ts'
import type { KeepAliveReport } from '#domain/keep-alive/run-report.ts'
import { openScene, type Scene } from '../../fakes/scene.ts'
import type { FakeServices } from '../../fakes.ts'

export const always = () => true

/** One run that works on everything. */
export const run = (services: FakeServices, mayGoOn: () => boolean = always): Promise<KeepAliveReport> =>
  keepAlive(services, { shard: 0, of: 1 }, mayGoOn)

/** Puts everything into the first partition. */
export function inOnePartition(services: FakeServices): void {
  const due = services.connections.due.bind(services.connections)
  services.dueIndex.due = async (first, now) => {
    if (first !== 0) return { items: [] }
    const all = Array.from({ length: DUE_PARTITIONS }, (_, partition) => due(partition, now, 1000))
    return { items: (await Promise.all(all)).flatMap(({ items }) => items) }
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
