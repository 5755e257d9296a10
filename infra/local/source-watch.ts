// Which sources changed. Watches each folder by itself, because Node's recursive watching on Linux loses a file as soon as
// an editor replaces it. An event only says when to look: the answer comes from comparing the files with what they were.
import { type FSWatcher, readdirSync, statSync, watch } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** An editor writes a file in several steps, and several files at once. */
const SETTLE_MS = 30
const SOURCE = /\.(ts|json)$/

export class SourceWatch {
  readonly #root: string
  readonly #folders: readonly string[]
  readonly #watchers = new Map<string, FSWatcher>()
  #stamps: ReadonlyMap<string, string>
  #event = Promise.withResolvers<void>()

  /** @param folders below the root, with all folders in them */
  constructor(root: string, folders: readonly string[]) {
    this.#root = root
    this.#folders = folders
    this.#stamps = this.#look()
  }

  /** Waits for a change, from the last call on, and gives the files that it is about. */
  async next(): Promise<string[]> {
    for (;;) {
      await this.#event.promise
      await sleep(SETTLE_MS)
      // Before we look: what comes after this is for the next call.
      this.#event = Promise.withResolvers()
      const before = this.#stamps
      this.#stamps = this.#look()
      const all = new Set([...before.keys(), ...this.#stamps.keys()])
      const changed = [...all].filter((file) => before.get(file) !== this.#stamps.get(file))
      if (changed.length > 0) return changed
    }
  }

  close(): void {
    for (const watcher of this.#watchers.values()) watcher.close()
    this.#watchers.clear()
  }

  /** The present sources, and a watcher for each of their folders. */
  #look(): Map<string, string> {
    const stamps = new Map<string, string>()
    const folders = new Set(this.#folders)
    // A set gives the folders that are added while it is being walked, too.
    for (const folder of folders) {
      for (const entry of entriesOf(join(this.#root, folder))) {
        const path = `${folder}/${entry.name}`
        if (entry.isDirectory()) folders.add(path)
        else if (SOURCE.test(entry.name)) stamps.set(path, stampOf(join(this.#root, path)))
      }
      if (!this.#watchers.has(folder)) this.#watch(folder)
    }
    for (const [folder, watcher] of this.#watchers) {
      if (folders.has(folder)) continue
      watcher.close()
      this.#watchers.delete(folder)
    }
    return stamps
  }

  #watch(folder: string): void {
    const watcher = watch(join(this.#root, folder), () => this.#event.resolve())
    // The folder is gone: the event of its parent says so, too.
    watcher.on('error', () => {})
    this.#watchers.set(folder, watcher)
  }
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return [] // It went while we looked.
  }
}

function stampOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false })
  return found ? `${found.mtimeMs} ${found.size}` : 'gone'
}
