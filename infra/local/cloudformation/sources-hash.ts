// Hashes the sources that a synthesis depends on. Sources with the same hash have the same output.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Without the local stack, which reads the template but does not influence it. */
const LEFT_OUT = 'infra/local'
const SETTINGS = ['package.json', 'package-lock.json', 'cdk.json', 'tsconfig.json'] as const
const SOURCES = ['infra', 'functions', 'shared', 'docs/openapi.json', ...SETTINGS] as const
const APP = 'infra/app.ts'

/** Imports and exports from another file, except those of types alone: they do not influence what runs. */
const IMPORTS =
  /^(?:import|export)\s(?!type\s)[^'"]*?from '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm

/** Hashes names and contents of all sources below `root`, as 20 hex digits. Templates and bundles depend on them. */
export function hashSources(root: string): string {
  return hashFiles(
    root,
    SOURCES.flatMap((source) => filesOf(root, source)),
  )
}

/** Hashes only the sources that the templates depend on: the files that the CDK app imports, not the functions' code. */
export function hashTemplateSources(root: string): string {
  const settings = SETTINGS.filter((file) => existsSync(join(root, file)))
  return hashFiles(root, [...importedFrom(root, APP), ...settings])
}

function hashFiles(root: string, files: readonly string[]): string {
  const hash = createHash('sha256').update(process.version)
  for (const file of files) {
    const content = readFileSync(join(root, file))
    hash.update(`${file}\0${content.length}\0`).update(content)
  }
  return hash.digest('hex').slice(0, 20)
}

function filesOf(root: string, path: string): string[] {
  if (path === LEFT_OUT || !existsSync(join(root, path))) return []
  if (!statSync(join(root, path)).isDirectory()) return [path]
  const entries = readdirSync(join(root, path)).sort()
  return entries.flatMap((entry) => filesOf(root, `${path}/${entry}`))
}

/** A file and all files of this project that it imports, directly or indirectly. */
function importedFrom(root: string, entry: string): readonly string[] {
  const aliases = aliasesOf(root)
  const found = new Set([entry])
  // A loop over a set visits elements that are added during the loop, too.
  for (const file of found) {
    const path = join(root, file)
    if (!existsSync(path)) continue
    for (const [, from, effect, late] of readFileSync(path, 'utf8').matchAll(IMPORTS)) {
      const imported = resolveImport(from ?? effect ?? late ?? '', file, aliases)
      if (imported !== undefined) found.add(imported)
    }
  }
  return [...found].filter((file) => existsSync(join(root, file))).sort()
}

/** The file that a specifier names, below the root; `undefined` for a package. */
function resolveImport(specifier: string, importer: string, aliases: readonly Alias[]): string | undefined {
  if (specifier.startsWith('.')) return join(dirname(importer), specifier)
  const alias = aliases.find(({ prefix }) => specifier.startsWith(prefix))
  return alias && join(alias.folder, specifier.slice(alias.prefix.length))
}

interface Alias {
  readonly prefix: string
  readonly folder: string
}

/** The "imports" of package.json: "#domain/*" is "./shared/domain/*". */
function aliasesOf(root: string): Alias[] {
  const { imports = {} } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    imports?: Record<string, string>
  }
  return Object.entries(imports).map(([alias, path]) => ({
    prefix: alias.replace('*', ''),
    folder: path.replace('*', ''),
  }))
}
