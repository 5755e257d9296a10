// What the benchmark found, and how it tells people.
import type { AwsCalls } from './aws-calls.ts'
import type { Fairness } from './fairness.ts'
import type { Part } from './handler-alone.ts'

export interface Figures {
  readonly contender: string
  readonly connections: number
  readonly perSecond: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
  /** Microseconds of CPU of the contender's process, per request. */
  readonly cpu: number
  readonly failed: number
}

export interface Found {
  readonly rows: readonly Figures[]
  /** Funnel Connect's figures divided by Express + axios's of the same round. */
  readonly ratios: readonly {
    readonly connections: number
    readonly perSecond: number
    readonly cpu: number
    readonly p99: number
  }[]
  readonly ownCode: readonly Part[]
  readonly awsCalls: Readonly<Record<'cold' | 'newTenant' | 'warm' | 'beyond', AwsCalls>>
  readonly fairness: Fairness
}

const fixed = (value: number, digits: number) => value.toFixed(digits).padStart(9)
const told = (calls: AwsCalls) =>
  Object.entries(calls)
    .map(([service, count]) => `${service} ${count}`)
    .join(', ') || 'none'

/** The lines to print. */
export function report({ rows, ratios, ownCode, awsCalls, fairness }: Found): string[] {
  const { alone, inTheStorm, storm } = fairness
  return [
    'conns  contender           req/s   p50 ms   p99 ms   CPU µs   failed',
    ...rows.map(
      ({ contender, connections, perSecond, p50, p99, cpu, failed }) =>
        `${String(connections).padStart(5)}  ${contender.padEnd(16)}${fixed(perSecond, 0)}${fixed(p50, 1)}${fixed(p99, 1)}${fixed(cpu, 0)}${fixed(failed, 0)}`,
    ),
    '',
    'Funnel Connect / Express + axios, medians of the rounds',
    ...ratios.map(
      ({ connections, perSecond, cpu, p99 }) =>
        `${String(connections).padStart(5)}  req/s ${perSecond.toFixed(2)}  CPU per request ${cpu.toFixed(2)}  p99 ${p99.toFixed(2)}`,
    ),
    '',
    'Our own code in the handler, upstream stubbed, µs per warm request',
    ...ownCode.map(({ part, microseconds }) => `  ${part.padEnd(50)}${microseconds.toFixed(1).padStart(7)}`),
    '',
    'Calls to AWS',
    `  a process's first call, start-up included   ${told(awsCalls.cold)}`,
    `  a warm process's first for another tenant   ${told(awsCalls.newTenant)}`,
    `  100 warm calls                              ${told(awsCalls.warm)}`,
    `  a call some seconds later                   ${told(awsCalls.beyond)}`,
    '',
    "A quiet tenant's calls, alone and during another's storm",
    ...(['p50', 'p99'] as const).map(
      (part) =>
        `  ${part} ms ${alone[part].toFixed(2)}  in the storm ${inTheStorm[part].toFixed(2)}  ratio ${(inTheStorm[part] / alone[part]).toFixed(2)}`,
    ),
    `  ${alone.calls} and ${inTheStorm.calls} calls; the storm: ${storm.answers} answers, ${storm.slowedDown} of them 429`,
  ]
}
