// The proxy against the upstream called directly and against Express + axios, interleaved in one run, so that whatever
// else the machine does falls on all alike. Usage: npm run bench:proxy [-- --seconds 4 --rounds 3 --json]
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import autocannon from 'autocannon'
import { synthesize } from '../../infra/local/cloudformation/synthesis.ts'
import { type Contender, startChild } from '../child.ts'
import { handlerAlone } from './handler-alone.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '4' },
    rounds: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
  },
})
const seconds = Number(values.seconds)
const rounds = Number(values.rounds)
const CONNECTIONS = [1, 32, 128]
const say = (text: string) => process.stderr.write(`${text}\n`)

interface Figures {
  readonly contender: string
  readonly connections: number
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
  /** Microseconds of CPU of the contender's process, per request. */
  readonly cpu: number
  readonly failed: number
}

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

const median = (numbers: readonly number[]) =>
  numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? Number.NaN

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

say('Starting upstream, Express + axios, and the service …')
const { directory } = await synthesize()
const upstream = await startChild('upstream alone', new URL('./upstream.ts', import.meta.url), {})
const express = await startChild('Express + axios', new URL('./express-app.ts', import.meta.url), {
  UPSTREAM_URL: upstream.url,
})
const started = await startChild('Funnel Connect', new URL('./service.ts', import.meta.url), {
  UPSTREAM_URL: upstream.url,
  TEMPLATES: directory,
})
const { url, headers } = JSON.parse(started.url)
const contenders: [Contender, Record<string, string>][] = [
  [
    { ...upstream, url: `${upstream.url}/api/v2/workspaces/20417/funnels` },
    { authorization: 'Bearer x', 'user-agent': 'bench' },
  ],
  [express, {}],
  [{ ...started, url }, headers],
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
for (const [contender] of contenders) await contender.stop()
const rows = CONNECTIONS.flatMap((connections) =>
  contenders.map(([{ name }]) => summary(figures, name, connections)),
)
const ratios = CONNECTIONS.map((connections) => {
  const [, base, own] = contenders.map(([{ name }]) => summary(figures, name, connections))
  if (base === undefined || own === undefined) throw new Error('nothing was measured')
  return {
    connections,
    perSecond: own.perSecond / base.perSecond,
    cpu: own.cpu / base.cpu,
    p99: own.p99 / base.p99,
  }
})
const alone = await handlerAlone()
if (values.json) {
  process.stdout.write(`${JSON.stringify({ rows, ratios, alone }, undefined, 2)}\n`)
} else {
  const fixed = (value: number, digits: number) => value.toFixed(digits).padStart(9)
  const lines = rows.map(
    ({ contender, connections, perSecond, p50, p99, cpu, failed }) =>
      `${String(connections).padStart(5)}  ${contender.padEnd(16)}${fixed(perSecond, 0)}${fixed(p50, 1)}${fixed(p99, 1)}${fixed(cpu, 0)}${fixed(failed, 0)}`,
  )
  process.stdout.write(
    [
      `${availableParallelism()} cores, ${rounds} rounds of ${seconds} s, medians`,
      'conns  contender           req/s   p50 ms   p99 ms   CPU µs   failed',
      ...lines,
      '',
      'Funnel Connect / Express + axios',
      ...ratios.map(
        ({ connections, perSecond, cpu, p99 }) =>
          `${String(connections).padStart(5)}  req/s ${perSecond.toFixed(2)}  CPU per request ${cpu.toFixed(2)}  p99 ${p99.toFixed(2)}`,
      ),
      '',
      'Our own code in the handler, upstream stubbed, µs per warm request',
      ...alone.map(({ part, microseconds }) => `  ${part.padEnd(44)}${microseconds.toFixed(1).padStart(7)}`),
      '',
    ].join('\n'),
  )
}
