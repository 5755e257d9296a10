// The proxy against the upstream called directly and against Express + axios, interleaved in one run, so that whatever
// else the machine does falls on all alike; what a call asks AWS; and what one tenant's storm does to another. Usage: npm run bench:proxy [-- --seconds 3 --rounds 5 --json]
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import autocannon from 'autocannon'
import { synthesize } from '../../infra/local/cloudformation/synthesis.ts'
import { type Contender, startChild } from '../child.ts'
import { measureFairness } from './fairness.ts'
import { handlerAlone } from './handler-alone.ts'
import { type Figures, type Found, report } from './report.ts'
import type { Started } from './service.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '3' },
    rounds: { type: 'string', default: '5' },
    json: { type: 'boolean', default: false },
  },
})
const seconds = Number(values.seconds)
const rounds = Number(values.rounds)
const CONNECTIONS = [1, 32, 128]
const say = (text: string) => process.stderr.write(`${text}\n`)

async function measure(
  { name, url, cpu }: Contender,
  headers: Record<string, string>,
  connections: number,
): Promise<Figures> {
  const before = await cpu()
  const result = await autocannon({ url, headers, connections, duration: seconds })
  const used = (await cpu()) - before
  const { requests, latency, errors, timeouts, non2xx } = result
  return {
    contender: name,
    connections,
    perSecond: requests.average,
    p50: latency.p50,
    p99: latency.p99,
    cpu: used / requests.total,
    failed: errors + timeouts + non2xx,
  }
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((one, other) => one - other)
  const at = (place: number) => sorted[place] ?? Number.NaN
  return (at(Math.ceil(sorted.length / 2) - 1) + at(Math.floor(sorted.length / 2))) / 2
}

function summary(all: readonly Figures[], contender: string, connections: number): Figures {
  const own = all.filter((one) => one.contender === contender && one.connections === connections)
  const of = (name: 'perSecond' | 'p50' | 'p99' | 'cpu') => median(own.map((one) => one[name]))
  const failed = own.reduce((sum, one) => sum + one.failed, 0)
  return {
    contender,
    connections,
    perSecond: of('perSecond'),
    p50: of('p50'),
    p99: of('p99'),
    cpu: of('cpu'),
    failed,
  }
}

say('Our own code alone …')
const ownCode = await handlerAlone()
say('Starting upstream, Express + axios, and the service …')
const { directory } = await synthesize()
const upstream = await startChild('upstream alone', new URL('./upstream.ts', import.meta.url), {})
const express = await startChild('Express + axios', new URL('./express-app.ts', import.meta.url), {
  UPSTREAM_URL: upstream.url,
})
const emulators = await startChild('emulators', new URL('./emulators.ts', import.meta.url), {
  UPSTREAM_URL: upstream.url,
  TEMPLATES: directory,
})
const service = await startChild('Funnel Connect', new URL('./service.ts', import.meta.url), {
  EMULATED: emulators.url,
})
const { quiet, stormy, awsCalls }: Started = JSON.parse(service.url)
const contenders: [Contender, Record<string, string>][] = [
  [
    { ...upstream, url: `${upstream.url}/api/v2/workspaces/20417/funnels` },
    { authorization: 'Bearer x', 'user-agent': 'bench' },
  ],
  [express, {}],
  [{ ...service, url: quiet.url }, { ...quiet.headers }],
]
const figures: Figures[] = []
for (const [contender, own] of contenders) await measure(contender, own, 32)
for (let round = 1; round <= rounds; round++) {
  for (const connections of CONNECTIONS) {
    for (const [contender, own] of contenders) {
      say(`round ${round} of ${rounds}: ${contender.name}, ${connections} connections`)
      figures.push(await measure(contender, own, connections))
    }
  }
}
say("a quiet tenant's calls, alone and during another tenant's storm")
const fairness = await measureFairness(quiet, stormy, seconds, rounds)
for (const child of [service, express, upstream, emulators]) await child.stop()
const rows = CONNECTIONS.flatMap((connections) =>
  contenders.map(([{ name }]) => summary(figures, name, connections)),
)
/** Of each round by itself, since what the machine does changes from one to the next. */
const ratios = CONNECTIONS.map((connections) => {
  const of = (contender: Contender) =>
    figures.filter((one) => one.contender === contender.name && one.connections === connections)
  const bases = of(express)
  const ratio = (figure: 'perSecond' | 'cpu' | 'p99') =>
    median(of(service).map((own, round) => own[figure] / (bases[round]?.[figure] ?? Number.NaN)))
  return { connections, perSecond: ratio('perSecond'), cpu: ratio('cpu'), p99: ratio('p99') }
})
const found: Found = { rows, ratios, ownCode, awsCalls, fairness }
if (values.json) process.stdout.write(`${JSON.stringify(found, undefined, 2)}\n`)
else
  process.stdout.write(
    [`${availableParallelism()} cores, ${rounds} rounds of ${seconds} s, medians`, ...report(found), ''].join(
      '\n',
    ),
  )
