// The sources and which of them import which, type imports and late imports included.
import { readdirSync, readFileSync } from 'node:fs'
import { join, normalize } from 'node:path'
import { dirname } from 'node:path/posix'

const ALIASES: Readonly<Record<string, string>> = {
  '#domain/': 'shared/domain/',
  '#adapters/': 'shared/adapters/',
  '#http/': 'shared/http/',
  '#runtime/': 'shared/runtime/',
  '#docs/': 'docs/',
}

export interface Source {
  readonly path: string
  readonly text: string
  /** Paths from the project's top of the files it imports; packages are left out. */
  readonly imports: readonly string[]
}

/** The path an import leads to, from the project's top; undefined for a package. */
export function resolveImport(from: string, specifier: string): string | undefined {
  if (specifier.startsWith('.')) return normalize(join(dirname(from), specifier))
  const alias = Object.keys(ALIASES).find((prefix) => specifier.startsWith(prefix))
  return alias && specifier.replace(alias, ALIASES[alias] ?? '')
}

export const specifiersOf = (text: string): readonly string[] =>
  [...text.matchAll(/(?:from |import |import\()'([^']+)'/g)].map(([, specifier = '']) => specifier)

export function sourcesIn(...folders: readonly string[]): readonly Source[] {
  return folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => {
        const path = join(folder, name)
        const text = readFileSync(path, 'utf8')
        const imports = specifiersOf(text).flatMap((specifier) => resolveImport(path, specifier) ?? [])
        return { path, text, imports }
      }),
  )
}

/** One circle of imports, as the files on it in order; undefined when there is none. */
export function findCircle(
  sources: readonly Pick<Source, 'path' | 'imports'>[],
): readonly string[] | undefined {
  const importsOf = new Map(sources.map(({ path, imports }) => [path, imports]))
  const finished = new Set<string>()
  const visit = (path: string, way: readonly string[]): readonly string[] | undefined => {
    if (way.includes(path)) return [...way.slice(way.indexOf(path)), path]
    if (finished.has(path)) return undefined
    for (const next of importsOf.get(path) ?? []) {
      const circle = visit(next, [...way, path])
      if (circle) return circle
    }
    finished.add(path)
    return undefined
  }
  for (const { path } of sources) {
    const circle = visit(path, [])
    if (circle) return circle
  }
  return undefined
}
