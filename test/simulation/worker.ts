// A process that does every n-th run, and tells its parent the figures from time to time.
import { load } from './load.ts'
import { simulate } from './simulate.ts'
import { addReport, type Figures, noFigures } from './summary.ts'

/** How many runs are told at once. */
const TOLD_RUNS = 20

/** @param step how many workers share the runs */
export async function work(from: number, runs: number, step: number): Promise<void> {
  const { parts, templates } = await load()
  let figures = noFigures()
  for (let seed = from; seed < from + runs; seed += step) {
    addReport(figures, await simulate(parts, templates, seed))
    if (figures.runs === TOLD_RUNS || figures.failures.length > 0) {
      await tell(figures)
      figures = noFigures()
    }
  }
  await tell(figures)
  process.disconnect()
}

function tell(figures: Figures): Promise<void> {
  return new Promise((resolve) => process.send?.(figures, () => resolve()))
}
