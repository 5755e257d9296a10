// Reports which sources changed. It watches each folder by itself, because Node's recursive watching on Linux loses a file
// when an editor replaces it. An event only starts a comparison of all files with their previous state.
import { type FSWatcher, readdirSync, statSync, watch } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** Editors write a file in several steps, and several files at once. So it waits this long after an event. */
const SETTLE_MS = 30
const SOURCE = /\.(ts|json)$/

export class SourceWatch {
  readonly #root: string
  readonly #folders: readonly string[]
  readonly #watchers = new Map<string, FSWatcher>()
  #stamps: ReadonlyMap<string, string>
  #event = Promise.withResolvers<void>()

  /** @param folders folders below the root. All folders in them are watched, too. */
  constructor(root: string, folders: readonly string[]) {
    this.#root = root
    this.#folders = folders
    this.#stamps = this.#look()
  }

  /** Waits for changes since the last call. Returns the files that changed. */
  async next(): Promise<string[]> {
    for (;;) {
      await this.#event.promise
      await sleep(SETTLE_MS)
      // Before the comparison, so that the next call sees events from now on.
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

  /** Reads the current state of all sources, and watches each of their folders. */
  #look(): Map<string, string> {
    const stamps = new Map<string, string>()
    const folders = new Set(this.#folders)
    // A loop over a set visits elements that are added during the loop, too.
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
    // The folder was removed. Its parent's watcher reports that, too.
    watcher.on('error', () => {})
    this.#watchers.set(folder, watcher)
  }
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return [] // It was removed meanwhile.
  }
}

function stampOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false })
  return found ? `${found.mtimeMs} ${found.size}` : 'gone'
}
