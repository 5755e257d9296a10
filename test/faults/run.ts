// npm run faults -- --runs 10000 [--seed N] [--mode rotating|strict]: that many runs of each mode, and their results.
import { parseArgs } from 'node:util'
import { runPlan } from './harness.ts'
import { MODES, planOf } from './plan.ts'
import { Summary } from './summary.ts'

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    mode: { type: 'string' },
    trace: { type: 'boolean', default: false },
  },
})
const print = (text: string) => process.stdout.write(`${text}\n`)
const first = Number(values.seed)
const runs = Number(values.runs)

for (const mode of MODES.filter((one) => values.mode === undefined || values.mode === one)) {
  const summary = new Summary(mode)
  for (let seed = first; seed < first + runs; seed++) {
    try {
      const report = await runPlan(planOf(seed, mode))
      summary.add(report)
      if (values.trace) print(report.trace.join('\n'))
    } catch (error) {
      print(`VIOLATION, replay with: npm run faults -- --runs 1 --seed ${seed} --mode ${mode}`)
      print(error instanceof Error ? error.message : String(error))
      process.exit(1)
    }
    if ((seed - first + 1) % 1000 === 0) print(`${mode}: ${seed - first + 1} runs`)
  }
  print(summary.text())
}
