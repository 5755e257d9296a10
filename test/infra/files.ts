import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Names of the files in a folder, with the SHA-256 of their contents.
 * @param which names to take; all when left out
 */
export function fileHashes(folder: string, which = /^/): Record<string, string> {
  const hash = (name: string) =>
    createHash('sha256')
      .update(readFileSync(join(folder, name)))
      .digest('hex')
  return Object.fromEntries(
    readdirSync(folder)
      .filter((name) => which.test(name))
      .sort()
      .map((name) => [name, hash(name)]),
  )
}
