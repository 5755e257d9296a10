// One hash over the sources that a synthesis depends on: the same hash, the same template and bundles.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** The local stack itself is left out: it reads the template and has no part in it. */
const LEFT_OUT = 'infra/local'
const SOURCES = [
  'infra',
  'functions',
  'shared',
  'docs/openapi.json',
  'package.json',
  'package-lock.json',
  'cdk.json',
  'tsconfig.json',
] as const

/** Hashes names and contents of the sources below `root`, as 20 hex digits. */
export function hashSources(root: string): string {
  const hash = createHash('sha256').update(process.version)
  for (const source of SOURCES) {
    for (const file of filesOf(root, source)) {
      const content = readFileSync(join(root, file))
      hash.update(`${file}\0${content.length}\0`).update(content)
    }
  }
  return hash.digest('hex').slice(0, 20)
}

function filesOf(root: string, path: string): string[] {
  if (path === LEFT_OUT || !existsSync(join(root, path))) return []
  if (!statSync(join(root, path)).isDirectory()) return [path]
  const entries = readdirSync(join(root, path)).sort()
  return entries.flatMap((entry) => filesOf(root, `${path}/${entry}`))
}
