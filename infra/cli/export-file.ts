// The file of an export: one line of JSON for each connection. Beside it, while the export is not finished, a file that says how far
// it has come. A page is in the export when that file says so. What a run that was killed wrote besides is cut off by the next one, so
// no connection is in the file twice, and none is missing.
import { appendFileSync, existsSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { readPrivateJson, writePrivateJson } from '../local/private-file.ts'
import { CliError, UsageError } from './faults.ts'

const OWNER_ONLY = 0o600

export interface ExportItem {
  readonly connection_id: string
  readonly status: 'exported' | 'no_tokens' | 'unreadable' | 'busy'
  readonly jwe?: string
  readonly uncertain?: true
}

/** A page as the API answers it. */
export interface ExportedPage {
  readonly thumbprint: string
  readonly suspended_at: string
  readonly items: readonly ExportItem[]
  readonly next?: string
}

interface Progress {
  readonly tenant: string
  /** Of the key that everything in the file is sealed to. Absent before the first page. */
  readonly thumbprint?: string
  /** Since when the tenant was suspended, on the first page. */
  readonly suspendedAt?: string
  /** The newest connection when the export began. */
  readonly newest?: string
  /** Where the next page starts. */
  readonly after?: string
  /** Whether all pages are in the file. */
  readonly paged: boolean
  /** Connections that are still to be asked for. */
  readonly waiting: readonly string[]
  readonly counts: { readonly exported: number; readonly no_tokens: number; readonly unreadable: number }
  readonly uncertain: number
  /** How long the file is with the pages that are complete. */
  readonly bytes: number
}

export class ExportFile {
  readonly path: string
  #progress: Progress

  /** @throws UsageError when the file is not that of an export of this tenant that was stopped; CliError */
  constructor(path: string, tenant: string) {
    this.path = path
    const stored = readPrivateJson(this.#progressPath) as Progress | undefined
    if (stored !== undefined) this.#progress = this.#resumed(stored, tenant)
    else {
      const counts = { exported: 0, no_tokens: 0, unreadable: 0 }
      this.#progress = { tenant, paged: false, waiting: [], counts, uncertain: 0, bytes: 0 }
      this.#create()
    }
  }

  get progress(): Progress {
    return this.#progress
  }

  /** Adds a page. `busy` items are remembered, to be asked for again. */
  addPage({ thumbprint, suspended_at: suspendedAt, items, next }: ExportedPage): void {
    const { newest = items[0]?.connection_id, waiting, after: _, ...before } = this.#progress
    const busy = items.filter(({ status }) => status === 'busy').map(({ connection_id }) => connection_id)
    this.#add(items, {
      ...before,
      thumbprint,
      suspendedAt,
      ...(newest !== undefined && { newest }),
      waiting: [...waiting, ...busy],
      ...(next === undefined ? { paged: true } : { after: next }),
    })
  }

  /** Adds what was asked for again. A connection that is not among the items is gone, unless it is busy. */
  addWaiting(asked: readonly string[], items: readonly ExportItem[]): void {
    const busy = items.filter(({ status }) => status === 'busy').map(({ connection_id }) => connection_id)
    const settled = asked.filter((id) => !busy.includes(id))
    const waiting = this.#progress.waiting.filter((id) => !settled.includes(id))
    this.#add(items, { ...this.#progress, waiting })
  }

  /** Remembers connections that came after the first page. */
  await(ids: readonly string[]): void {
    const [newest = this.#progress.newest] = ids
    const waiting = [...this.#progress.waiting, ...ids]
    this.#save({ ...this.#progress, waiting, ...(newest !== undefined && { newest }) })
  }

  /** Nothing is left to be done. */
  finish(): void {
    rmSync(this.#progressPath, { force: true })
  }

  get #progressPath(): string {
    return `${this.path}.progress.json`
  }

  #add(items: readonly ExportItem[], progress: Progress): void {
    const settled = items.filter(({ status }) => status !== 'busy')
    const text = settled.map((item) => `${JSON.stringify(item)}\n`).join('')
    this.#written(() => appendFileSync(this.path, text))
    const count = (wanted: ExportItem['status']) => settled.filter(({ status }) => status === wanted).length
    const { exported, no_tokens, unreadable } = progress.counts
    this.#save({
      ...progress,
      counts: {
        exported: exported + count('exported'),
        no_tokens: no_tokens + count('no_tokens'),
        unreadable: unreadable + count('unreadable'),
      },
      uncertain: progress.uncertain + settled.filter(({ uncertain }) => uncertain).length,
      bytes: progress.bytes + Buffer.byteLength(text),
    })
  }

  #save(progress: Progress): void {
    this.#written(() => writePrivateJson(this.#progressPath, progress))
    this.#progress = progress
  }

  #create(): void {
    if (existsSync(this.path))
      throw new UsageError(`${this.path} exists already.`, 'Give the name of a new file with --out.')
    // In this order: a run that is killed in between is a run that has come nowhere, and the file is not taken for another one.
    this.#save(this.#progress)
    this.#written(() => writeFileSync(this.path, '', { mode: OWNER_ONLY, flag: 'wx' }))
  }

  #resumed(stored: Progress, tenant: string): Progress {
    if (stored.tenant !== tenant)
      throw new UsageError(`${this.path} is the export of another tenant: ${stored.tenant}.`)
    const size = existsSync(this.path) ? statSync(this.path).size : undefined
    if ((size ?? 0) < stored.bytes)
      throw new CliError(
        `${this.path} is shorter than the export that was stopped.`,
        `Remove it and ${this.#progressPath}, and start again.`,
      )
    this.#written(() =>
      size === undefined
        ? writeFileSync(this.path, '', { mode: OWNER_ONLY })
        : truncateSync(this.path, stored.bytes),
    )
    return stored
  }

  /** @throws CliError when the disk does not take it: without its file, an export does not go on */
  #written(write: () => void): void {
    try {
      write()
    } catch (error) {
      throw new CliError(`${this.path} cannot be written: ${(error as Error).message}`)
    }
  }
}
