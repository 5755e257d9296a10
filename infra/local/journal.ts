// Keeps the state of a part of the local stack between runs, in a file of changes. Every commit appends one line, and the
// answer is sent only after that. So a killed process loses nothing that it has acknowledged. A line that the kill cut
// off was never acknowledged; the next run drops it.
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/** The records of one kind, as the last run left them, and how to change them. */
export interface Kept<T> {
  all(): readonly T[]
  put(id: string | number, record: T): void
  remove(id: string | number): void
}

/** Kind, id and record. A change without a record removes it. */
type Change = readonly [kind: string, id: string, record?: unknown]

const OWNER_ONLY_FILE = 0o600
const OWNER_ONLY_FOLDER = 0o700

export class Journal {
  readonly #file: string | undefined
  #opened: number | undefined
  #found = new Map<string, Map<string, unknown>>()
  #pending: Change[] = []

  /** @param file without it, nothing is kept */
  constructor(file?: string) {
    this.#file = file
    if (file === undefined) return
    mkdirSync(dirname(file), { recursive: true, mode: OWNER_ONLY_FOLDER })
    this.#found = readChanges(file)
    this.#rewrite()
  }

  /** The records of a kind, in the order in which they were first put. */
  kept<T>(kind: string): Kept<T> {
    const found = [...(this.#found.get(kind)?.values() ?? [])] as T[]
    return {
      all: () => found,
      put: (id, record) => this.#note([kind, String(id), record]),
      remove: (id) => this.#note([kind, String(id)]),
    }
  }

  /** Writes the changes since the last commit. If the process is killed meanwhile, the file has all of them or none. */
  commit(): void {
    if (this.#opened === undefined || this.#pending.length === 0) return
    const line = Buffer.from(`${JSON.stringify(this.#pending.splice(0))}\n`)
    for (let written = 0; written < line.length; ) written += writeSync(this.#opened, line, written)
  }

  /** Removes all records. */
  clear(): void {
    this.#found = new Map()
    this.#pending = []
    if (this.#file !== undefined) this.#rewrite()
  }

  close(): void {
    if (this.#opened !== undefined) closeSync(this.#opened)
    this.#opened = undefined
  }

  #note(change: Change): void {
    if (this.#file !== undefined) this.#pending.push(change)
  }

  /** Rewrites the file with one line per record, so that it does not grow from run to run. */
  #rewrite(): void {
    const file = this.#file as string
    this.close()
    const draft = `${file}.${process.pid}.draft`
    const lines = [...this.#found].flatMap(([kind, records]) =>
      [...records].map(([id, record]) => `${JSON.stringify([[kind, id, record]])}\n`),
    )
    writeFileSync(draft, lines.join(''), { mode: OWNER_ONLY_FILE })
    renameSync(draft, file)
    this.#opened = openSync(file, 'a', OWNER_ONLY_FILE)
  }
}

function readChanges(file: string): Map<string, Map<string, unknown>> {
  const found = new Map<string, Map<string, unknown>>()
  // The text after the last line break was cut off.
  const lines = readIfThere(file).split('\n').slice(0, -1)
  for (const [at, line] of lines.entries()) {
    for (const [kind, id, ...record] of parseLine(line, `"${file}", line ${at + 1}`)) {
      const records = found.get(kind) ?? new Map<string, unknown>()
      found.set(kind, records)
      if (record.length === 0) records.delete(id)
      else records.set(id, record[0])
    }
  }
  return found
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}

function parseLine(line: string, where: string): Change[] {
  try {
    return JSON.parse(line) as Change[]
  } catch {
    throw new Error(`${where} is damaged. Remove the file (or DATA_DIR) and start again.`)
  }
}
