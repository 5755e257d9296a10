// Writes the functions' output under `npm start`: to one file per function and, if wanted, to the terminal.
import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs'
import { join } from 'node:path'
import type { FunctionLog } from './host.ts'

/** @param directory each function's first output replaces its log of the last run */
export function logToFiles(directory: string, alsoToTerminal: boolean): (log: FunctionLog) => void {
  mkdirSync(directory, { recursive: true })
  const files = new Map<string, WriteStream>()
  return ({ function: name, text }) => {
    const file = files.get(name) ?? createWriteStream(join(directory, `${name}.log`))
    files.set(name, file)
    file.write(text)
    if (!alsoToTerminal) return
    for (const line of text.trimEnd().split('\n')) console.log(`${name}: ${line}`)
  }
}
