// npm run simulate -- [--runs N] [--seed S] [--workers W]: that many runs from that seed on, with the progress shown.
//   --failures N  goes on until so many runs have failed, and shrinks the first
//   --replay FILE  one run again, as a file of test/simulation/seeds says; --trace prints what happens in it
//   --mutants      takes our protections away, one by one, and says which run notices; --mutant TEXT: one of them
//   --repeat       makes each run twice, and fails if the two differ
//   --seed S --trace  the same for a seed; --seed S --shrink  makes its file
import { parseArgs } from 'node:util'
import { replaceClocks } from './clocks.ts'

replaceClocks()

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    workers: { type: 'string', default: '2' },
    failures: { type: 'string', default: '1' },
    replay: { type: 'string', multiple: true, default: [] },
    trace: { type: 'boolean', default: false },
    shrink: { type: 'boolean', default: false },
    repeat: { type: 'boolean', default: false },
    mutants: { type: 'boolean', default: false },
    mutant: { type: 'string', default: '' },
    worker: { type: 'boolean', default: false },
  },
})
const from = Number(values.seed)
const runs = Number(values.runs)

if (values.mutant !== '') {
  const { catchMutants } = await import('./mutation.ts')
  await catchMutants(runs, 0, 1, values.mutant)
} else if (values.mutants) {
  const { catchMutants, checkMutants } = await import('./mutation.ts')
  if (values.worker) await catchMutants(runs, from, Number(values.workers))
  else process.exitCode = await checkMutants(runs, Number(values.workers))
} else if (values.repeat) {
  const { repeat } = await import('./replay.ts')
  await repeat(values.replay, from, runs)
} else if (values.replay.length > 0) {
  const { replay } = await import('./replay.ts')
  await replay(values.replay, values.trace)
} else if (values.worker) {
  const { work } = await import('./worker.ts')
  await work(from, runs, Number(values.workers))
} else if (values.shrink) {
  const { writeSeed } = await import('./replay.ts')
  await writeSeed(from)
} else if (values.trace) {
  const { show } = await import('./replay.ts')
  await show(from)
} else {
  const { runAll } = await import('./parent.ts')
  process.exitCode = await runAll(from, runs, Number(values.workers), Number(values.failures))
}
