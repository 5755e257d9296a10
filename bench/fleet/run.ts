// A fleet of connections over some hours of virtual time: the real keep-alive on a store and a provider in memory, with
// processors that are shared, partition keys that throttle, processes whose clocks are apart and runs that end at their
// deadline.
// Usage: npm run bench:fleet [-- --scene outage|two-hours|one-app|backlog|steady --shards 4 --simulate 4 --connections N
//        --hours N --memory 1769 --lazy 0.1 --json]; "simulate": so many of the shards, which have nothing in common but their
//        apps; "lazy": lazy refresh, with this share of the connections in use.
import { parseArgs } from 'node:util'
import { DUE_PARTITIONS } from '#domain/keep-alive/due.ts'
import { keepAlive } from '#domain/keep-alive/keep-alive.ts'
import { chanceOf, fill, makeApps } from './fleet.ts'
import { SCENES } from './scenes.ts'
import { processOf } from './services.ts'
import { FleetStore } from './store.ts'
import { Tally } from './tally.ts'
import { VirtualTime } from './virtual-time.ts'

const { values } = parseArgs({
  options: {
    scene: { type: 'string', default: 'outage' },
    shards: { type: 'string', default: '4' },
    simulate: { type: 'string' },
    connections: { type: 'string' },
    hours: { type: 'string' },
    memory: { type: 'string', default: '1769' },
    lazy: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
})
const chosen = SCENES[values.scene]
if (chosen === undefined) throw new Error(`There are these scenes: ${Object.keys(SCENES).join(', ')}.`)
const scene = {
  ...chosen,
  connections: Number(values.connections ?? chosen.connections),
  hours: Number(values.hours ?? chosen.hours),
  ...(values.lazy !== undefined && { used: Number(values.lazy) }),
}
const shards = Number(values.shards)
const simulated = Number(values.simulate ?? shards)
const say = (text: string) => process.stderr.write(`${text}\n`)

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const START = Date.UTC(2026, 0, 1)
/** A run begins nothing in the last 28 of its 90 seconds (functions/keep-alive.ts, infra/permissions.ts). */
const RUN_MILLISECONDS = 62_000

const time = new VirtualTime(START)
const store = new FleetStore(time)
const chance = chanceOf(88_172_645)
const apps = makeApps(scene.apps)
const outage = scene.outage && {
  from: START + scene.outage.from * HOUR,
  until: START + scene.outage.until * HOUR,
}
say(`Making ${scene.connections} connections of ${scene.apps} apps in ${DUE_PARTITIONS} partitions …`)
const made = fill(store, scene, apps, START, chance, (partition) => partition % shards < simulated)
const isDown = () => outage !== undefined && time.now >= outage.from && time.now < outage.until
const tally = new Tally(store, time, outage)
const world = {
  time,
  store,
  apps: new Map(apps.map((app) => [app.id as string, app])),
  chance,
  upstreamMs: scene.upstreamMs,
  lazyRefresh: scene.used !== undefined,
  memoryMb: Number(values.memory),
  isDown,
  isDead: ({ id }: { id: string }) =>
    scene.dead > 0 && Number(id.slice(5)) % Math.round(1 / scene.dead) === 0,
  tally,
}

const wallBegan = performance.now()
const samples: { minute: number; backlog: number }[] = []
let backlogEndedAt: number | undefined
for (let minute = 0; minute < scene.hours * 60; minute++) {
  for (let shard = 0; shard < simulated; shard++) {
    const deadline = time.now + RUN_MILLISECONDS
    void keepAlive(processOf(world), { shard, of: shards }, () => time.now < deadline)
  }
  await time.runUntil(START + (minute + 1) * MINUTE)
  if (minute % 5 < 4) continue
  const backlog = tally.backlog()
  samples.push({ minute: minute + 1, backlog })
  if (time.now > (outage?.until ?? START) && backlog < made / 1000) backlogEndedAt ??= time.now
  const elapsed = ((performance.now() - wallBegan) / 1000).toFixed(0)
  say(
    `minute ${minute + 1} of ${scene.hours * 60} (${elapsed} s): ${tally.onTime + tally.late} refreshed, ${tally.late} late, ${backlog} overdue${isDown() ? ', provider down' : ''}`,
  )
}
const report = {
  scene: values.scene,
  connections: scene.connections,
  shards: simulated === shards ? shards : `${simulated} of ${shards}`,
  hours: scene.hours,
  ...tally.report(),
  refreshes_per_second: ((tally.onTime + tally.late) / (scene.hours * 3600)) * (shards / simulated),
  recovery_minutes:
    backlogEndedAt === undefined ? 'not recovered' : (backlogEndedAt - (outage?.until ?? START)) / MINUTE,
  wall_seconds: Math.round((performance.now() - wallBegan) / 1000),
}
if (values.json) process.stdout.write(`${JSON.stringify({ ...report, samples }, undefined, 2)}\n`)
else {
  for (const [name, value] of Object.entries(report)) {
    const shown = typeof value === 'number' && !Number.isInteger(value) ? value.toFixed(4) : String(value)
    process.stdout.write(`${name.replaceAll('_', ' ').padEnd(38)}${shown.padStart(16)}\n`)
  }
}
