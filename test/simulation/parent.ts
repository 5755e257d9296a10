// Shares runs among worker processes, shows the progress, and makes a seed file of the first failures.
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { realMilliseconds } from './clocks.ts'
import { writeSeed } from './replay.ts'
import { addFigures, type Figures, noFigures, textOf } from './summary.ts'

const SHOWN_MILLISECONDS = 10_000

const print = (text: string) => process.stdout.write(`${text}\n`)

/**
 * @param failures so many end the runs
 * @returns the exit code
 */
export async function runAll(from: number, runs: number, workers: number, failures: number): Promise<number> {
  const sum = noFigures()
  const began = realMilliseconds()
  let shownAt = began
  const children = Array.from({ length: workers }, (_, index) =>
    startWorker(from + index, runs - index, workers),
  )
  const ended = children.map(
    (child) =>
      new Promise<boolean>((resolve) => {
        child.on('message', (figures: Figures) => {
          addFigures(sum, figures)
          for (const { seed, violation } of figures.failures) print(`seed ${seed}: ${violation}`)
          if (sum.failures.length >= failures) for (const one of children) one.kill()
          if (realMilliseconds() - shownAt < SHOWN_MILLISECONDS) return
          shownAt = realMilliseconds()
          const seconds = (shownAt - began) / 1000
          print(
            `${sum.runs} of ${runs} runs, ${seconds.toFixed(0)} s; to go on from here: --seed ${from + sum.runs}`,
          )
        })
        child.on('exit', (code, signal) => {
          if (code !== 0 && signal !== 'SIGTERM') print(`A worker has ended with ${code ?? signal}`)
          resolve(code === 0 || signal === 'SIGTERM')
        })
      }),
  )
  const wells = await Promise.all(ended)
  print(textOf(sum, (realMilliseconds() - began) / 1000))
  const [first] = sum.failures
  if (first !== undefined) await writeSeed(first.seed)
  return first === undefined && wells.every(Boolean) ? 0 : 1
}

function startWorker(from: number, runs: number, workers: number) {
  const args = ['--worker', '--seed', String(from), '--runs', String(runs), '--workers', String(workers)]
  return fork(fileURLToPath(new URL('run.ts', import.meta.url)), args)
}
