// npm run conformance [-- <part> …]: checks the service with tools that this project did not write, part after part, and ends
// with a summary. Any failure makes the exit code 1.
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { PROJECT_ROOT } from '../../infra/local/cloudformation/synthesis.ts'
import type { Part, Python, Report } from './part.ts'
import { PARTS } from './parts.ts'
import { makePython, PythonMissing } from './python.ts'

interface Result {
  readonly part: Part
  readonly seconds: number
  readonly report?: Report
  readonly error?: Error
}

const print = (text: string) => process.stdout.write(`${text}\n`)
const started = Date.now()
const say = (step: string) => print(`${String(secondsSince(started)).padStart(5)} s  ${step}`)

process.exitCode = await main(process.argv.slice(2))

async function main(names: readonly string[]): Promise<number> {
  const unknown = names.find((name) => PARTS.every((part) => part.name !== name))
  if (unknown !== undefined) {
    print(`There is no part "${unknown}", only ${PARTS.map(({ name }) => name).join(', ')}.`)
    return 2
  }
  let python: Python
  try {
    python = await makePython(say)
  } catch (error) {
    print(error instanceof PythonMissing ? error.message : String(error))
    return 1
  }
  const results: Result[] = []
  for (const part of PARTS) {
    if (names.length === 0 || names.includes(part.name)) results.push(await runPart(part, python))
  }
  print(summaryOf(results))
  return results.some(({ error }) => error) ? 1 : 0
}

async function runPart(part: Part, python: Python): Promise<Result> {
  const begun = Date.now()
  say(`── ${part.title}`)
  const directory = join(PROJECT_ROOT, '.local', 'conformance', part.name)
  rmSync(directory, { recursive: true, force: true })
  mkdirSync(directory, { recursive: true })
  try {
    const report = await part.run({ python, directory, say })
    return { part, report, seconds: secondsSince(begun) }
  } catch (error) {
    const failure = error instanceof Error ? error : new Error(String(error))
    say(`FAILED: ${failure.message}`)
    return { part, error: failure, seconds: secondsSince(begun) }
  }
}

function summaryOf(results: readonly Result[]): string {
  const parts = results.map(({ part, seconds, report, error }) => {
    const head = `${error ? 'FAILED' : 'passed'}  ${part.name} (${seconds} s): ${part.title}`
    const proven = (report?.proven ?? []).map((line) => `          ${line}`)
    const open = (report?.notProvable ?? []).map((line) => `          not provable here: ${line}`)
    return [head, ...(error ? [`          ${error.message}`] : []), ...proven, ...open].join('\n')
  })
  return ['', `Summary after ${secondsSince(started)} s`, '', ...parts].join('\n')
}

function secondsSince(time: number): number {
  return Math.round((Date.now() - time) / 1000)
}
