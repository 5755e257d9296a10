// Runs that are made again: one seed with its trace, or the files of test/simulation/seeds.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { load } from './load.ts'
import { invariantOf, shrink } from './shrink.ts'
import { simulate } from './simulate.ts'

/** A file of test/simulation/seeds. */
interface Seed {
  readonly seed: number
  /** What the run showed when it was found. */
  readonly violation: string
  /** The faults and acts that it takes; without, all of the seed. */
  readonly allowed?: readonly string[]
}

const print = (text: string) => process.stdout.write(`${text}\n`)

/** Runs each file again. The exit code says whether nothing was found. */
export async function replay(files: readonly string[], withTrace: boolean): Promise<void> {
  const { parts, templates } = await load()
  for (const file of files) {
    const { seed, allowed } = JSON.parse(readFileSync(file, 'utf8')) as Seed
    const report = await simulate(parts, templates, seed, allowed && new Set(allowed))
    if (withTrace) print(report.trace.join('\n'))
    print(`${file}: ${report.violation ?? 'passed'}`)
    if (report.violation !== undefined) process.exitCode = 1
  }
}

/** Makes the runs of the files and of some seeds, and then all again: they have to pass, and to be the same. */
export async function repeat(files: readonly string[], from: number, runs: number): Promise<void> {
  const { parts, templates } = await load()
  const seeds = Array.from({ length: runs }, (_, index) => ({ seed: from + index }))
  const all: Pick<Seed, 'seed' | 'allowed'>[] = [
    ...files.map((file) => JSON.parse(readFileSync(file, 'utf8')) as Seed),
    ...seeds,
  ]
  const make = async ({ seed, allowed }: Pick<Seed, 'seed' | 'allowed'>) => {
    const { trace, violation } = await simulate(parts, templates, seed, allowed && new Set(allowed))
    return [...trace, violation ?? 'passed']
  }
  const first: string[][] = []
  for (const one of all) first.push(await make(one))
  for (const [index, one] of all.entries()) {
    const [before, after] = [first[index] ?? [], await make(one)]
    const difference = before.findIndex((line, at) => line !== after[at])
    const outcome = difference < 0 ? before.at(-1) : `differs: ${before[difference]} / ${after[difference]}`
    if (outcome !== 'passed') process.exitCode = 1
    print(`seed ${one.seed}: ${outcome}`)
  }
}

export async function show(seed: number): Promise<void> {
  const { parts, templates } = await load()
  const report = await simulate(parts, templates, seed)
  print(report.trace.join('\n'))
  print(report.violation ?? 'passed')
}

/** Shrinks a failure, prints what is left of it, and writes its file. */
export async function writeSeed(seed: number): Promise<void> {
  const loaded = await load()
  const { report, allowed } = await shrink(loaded, await simulate(loaded.parts, loaded.templates, seed))
  if (report.violation === undefined) {
    print(`Seed ${seed} does not fail again`)
    return
  }
  const name = `${invariantOf(report)?.toLowerCase()}-${seed}.json`
  const file = fileURLToPath(new URL(`seeds/${name}`, import.meta.url))
  const content: Seed = { seed, violation: report.violation.split('\n')[0] ?? '', allowed }
  writeFileSync(file, `${JSON.stringify(content, undefined, 2)}\n`)
  print([...report.trace, report.violation, `Written to ${file}`].join('\n'))
}
