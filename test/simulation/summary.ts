// Figures of many runs.
import { invariantOf } from './shrink.ts'
import type { Report } from './simulate.ts'

export interface Failure {
  readonly seed: number
  readonly violation: string
}

/** What a worker tells about its runs. */
export interface Figures {
  runs: number
  steps: number
  readonly faults: Record<string, number>
  /** State of the connection, fault and call, as far as they were reached together. */
  readonly covered: Record<string, number>
  readonly failures: Failure[]
}

export function noFigures(): Figures {
  return { runs: 0, steps: 0, faults: {}, covered: {}, failures: [] }
}

export function addReport(figures: Figures, report: Report): void {
  figures.runs += 1
  figures.steps += report.steps
  addCounts(figures.faults, report.faults)
  addCounts(figures.covered, report.covered)
  if (report.violation !== undefined) {
    figures.failures.push({ seed: report.seed, violation: report.violation })
  }
}

export function addFigures(sum: Figures, more: Figures): void {
  sum.runs += more.runs
  sum.steps += more.steps
  addCounts(sum.faults, more.faults)
  addCounts(sum.covered, more.covered)
  sum.failures.push(...more.failures)
}

export function textOf({ runs, steps, faults, covered, failures }: Figures, seconds: number): string {
  const sorted = Object.entries(faults).toSorted(([, one], [, other]) => other - one)
  const total = sorted.reduce((sum, [, count]) => sum + count, 0)
  const byInvariant: Record<string, number> = {}
  for (const failure of failures) {
    const name = invariantOf(failure as unknown as Report) ?? ''
    byInvariant[name] = (byInvariant[name] ?? 0) + 1
  }
  return [
    `${runs} runs in ${seconds.toFixed(0)} s, ${steps} events`,
    `${total} faults: ${sorted.map(([name, count]) => `${name} ${count}`).join(', ')}`,
    `covered: ${Object.keys(covered).length} of state × fault × call`,
    `failures: ${failures.length} ${failures.length > 0 ? JSON.stringify(byInvariant) : ''}`,
  ].join('\n')
}

function addCounts(sum: Record<string, number>, more: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(more)) sum[name] = (sum[name] ?? 0) + count
}
