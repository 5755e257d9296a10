// The mutation check: finds for each mutant the first run that catches it.
import { fork } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { realMilliseconds } from './clocks.ts'
import { type Loaded, load, mutated } from './load.ts'
import { MUTANTS } from './mutants.ts'
import { simulate } from './simulate.ts'

/** Where each mutant was caught before: these runs are tried first, so that the check takes seconds. */
const CAUGHT = fileURLToPath(new URL('seeds/mutants.txt', import.meta.url))

const print = (text: string) => process.stdout.write(`${text}\n`)

/** @returns the exit code */
export async function checkMutants(runs: number, workers: number): Promise<number> {
  const codes = Array.from({ length: workers }, (_, index) => {
    const args = [
      '--mutants',
      '--worker',
      '--runs',
      String(runs),
      '--seed',
      String(index),
      '--workers',
      String(workers),
    ]
    const child = fork(fileURLToPath(new URL('run.ts', import.meta.url)), args)
    return new Promise<number>((resolve) => child.on('exit', (code) => resolve(code ?? 1)))
  })
  return Math.max(...(await Promise.all(codes)))
}

/** Checks every n-th mutant. */
export async function catchMutants(runs: number, index: number, workers: number, wanted = ''): Promise<void> {
  const loaded = await load()
  const known = readFileSync(CAUGHT, 'utf8').split('\n')
  for (const mutant of MUTANTS.filter((one, at) => at % workers === index && one.name.includes(wanted))) {
    const hints = known.filter((line) => line.endsWith(mutant.name)).map(Number.parseFloat)
    const began = realMilliseconds()
    const caught = await firstCatch(await mutated(loaded, mutant), runs, hints)
    const seconds = ((realMilliseconds() - began) / 1000).toFixed(1)
    if (caught)
      print(`${caught.seed} ${mutant.name}: caught in run ${caught.runs}, ${seconds} s: ${caught.violation}`)
    else {
      print(`NOT CAUGHT in ${runs} runs: ${mutant.name}`)
      process.exitCode = 1
    }
  }
}

async function firstCatch({ parts, templates }: Loaded, max: number, hints: readonly number[]) {
  for (let runs = 1; runs <= max; runs++) {
    const seed = hints[runs - 1] ?? runs - hints.length
    const { violation } = await simulate(parts, templates, seed)
    if (violation !== undefined) return { seed, runs, violation: violation.split('\n')[0] }
  }
  return undefined
}
