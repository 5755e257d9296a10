// The report of an import, beside its file: one line of JSON for each item that has a result, without its tokens. It is written after
// each request. So a run that was killed goes on where the report ends, and repeats one request at the most.
import { appendFileSync, existsSync, readFileSync, rmSync } from 'node:fs'
import { CliError } from './faults.ts'
import type { Line } from './import-file.ts'

const STATUSES = ['imported', 'updated', 'dead', 'unclear', 'refused'] as const
export type Status = (typeof STATUSES)[number]

export interface ItemResult {
  readonly status: Status
  readonly connection_id?: string
  readonly connect_url?: string
  readonly detail?: string
}

export class ImportReport {
  readonly file: string
  readonly #statuses = new Map<string, Status>()

  /** @param fresh forgets what an earlier run reported */
  constructor(file: string, fresh: boolean) {
    this.file = file
    if (fresh) rmSync(file, { force: true })
    else if (existsSync(file)) this.#read()
  }

  /** Whether an item has a result that another attempt would not change. */
  isSettled(line: Line): boolean {
    const status = this.#statuses.get(keyOf(line))
    return status !== undefined && status !== 'unclear'
  }

  /** @throws CliError when the file cannot be written: without a report, an import does not go on */
  add(results: readonly (readonly [Line, ItemResult])[]): void {
    const text = results.map(([{ number, name }, { status, connection_id, connect_url, detail }]) => {
      const entry = { line: number, of: name, status, connection_id, connect_url, detail }
      return `${JSON.stringify(entry)}\n`
    })
    try {
      // It has connect links, which are for the end users alone.
      appendFileSync(this.file, text.join(''), { mode: 0o600 })
    } catch (error) {
      throw new CliError(`${this.file} cannot be written: ${(error as Error).message}`)
    }
    for (const [line, { status }] of results) this.#statuses.set(keyOf(line), status)
  }

  counts(): Readonly<Record<Status, number>> {
    const all = [...this.#statuses.values()]
    const count = (wanted: Status) => all.filter((status) => status === wanted).length
    return Object.fromEntries(STATUSES.map((status) => [status, count(status)])) as Record<Status, number>
  }

  #read(): void {
    const text = readFileSync(this.file, 'utf8')
    for (const entry of text.split('\n')) {
      const { line, of, status } = parsed(entry)
      if (STATUSES.includes(status as Status)) this.#statuses.set(`${line} ${of}`, status as Status)
    }
    // A run that was killed may have left half a line.
    if (text !== '' && !text.endsWith('\n')) appendFileSync(this.file, '\n')
  }
}

const keyOf = ({ number, name }: Line) => `${number} ${name}`

function parsed(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) ?? {}
  } catch {
    return {}
  }
}
