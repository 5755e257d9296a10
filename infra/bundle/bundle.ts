// Bundles a function in the form that starts fastest by measurement (docs/adr/0013): ESM, minified, the packages' "module"
// entry points. What loads when the function starts is its entry and one chunk; what loads later has chunks of its own. The
// result depends on the sources alone, so that an unchanged function is an unchanged asset.
//
// Beside each file lies its source map, <file>.map. Maps are not deployed: they are larger than the code. To read a stack of
// the logs, such as "start-BiF0xj1v.mjs:3:25310", check out the deployed commit, run "npm ci" and "npm run synth", which
// makes the same files again, and look up line and column in cdk.out/bundles/<function>/start-BiF0xj1v.mjs.map:
//   new (require('node:module').SourceMap)(JSON.parse(map)).findOrigin(3, 25310)
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { type OutputChunk, rolldown } from 'rolldown'
import { FUNCTION_NAMES, type FunctionName } from '#runtime/env.ts'
import { nodeModules } from './node-modules.ts'
import { type BundledPackage, NOTICES_FILE, noticesOf, packagesIn } from './notices.ts'
import { nameOnlyErrors } from './sdk-errors.ts'

export interface Bundle {
  readonly directory: string
  /** The files that load when the function starts: the entry and the chunks that it imports statically. */
  readonly eagerFiles: number
  readonly eagerBytes: number
  /** The packages whose code is in the bundle and whose licences are in its notices. */
  readonly packages: readonly BundledPackage[]
}

const ROOT = resolve(import.meta.dirname, '..', '..')

/** Packages that load much and do nothing in Lambda, each with the file that replaces it (docs/adr/0013). */
export const SHIMS = {
  '@aws-sdk/credential-provider-node': resolve(import.meta.dirname, 'credentials.ts'),
  '@aws-sdk/middleware-endpoint-discovery': resolve(import.meta.dirname, 'endpoint-discovery.ts'),
}

/** @param into the folder of the bundles; the folder of each function in it is emptied first */
export async function bundleFunctions(into: string): Promise<void> {
  await Promise.all(FUNCTION_NAMES.map((name) => bundleFunction(name, into)))
}

export function bundleFunction(name: FunctionName, into: string): Promise<Bundle> {
  return bundleEntry(join('functions', `${name}.ts`), resolve(into, name))
}

/** @param directory is emptied first */
export async function bundleEntry(entryPoint: string, directory: string): Promise<Bundle> {
  rmSync(directory, { recursive: true, force: true })
  mkdirSync(directory, { recursive: true })
  const entry = resolve(ROOT, entryPoint)
  const build = await rolldown({
    cwd: ROOT,
    input: { index: entry },
    platform: 'node',
    tsconfig: false,
    resolve: {
      mainFields: ['module', 'main'],
      alias: SHIMS,
    },
    plugins: [nodeModules(), nameOnlyErrors()],
    // A busy machine is no reason to warn.
    checks: { bundlerTimings: false },
    logLevel: 'warn',
    // A warning stops the synthesis: an import that cannot be resolved is only a warning, and would fail in Lambda.
    onLog: (_, { message }) => {
      throw new Error(message)
    },
  })
  const { output } = await build.write({
    dir: directory,
    format: 'esm',
    entryFileNames: '[name].mjs',
    chunkFileNames: '[name]-[hash].mjs',
    minify: true,
    // Hidden: the code does not name its map, so that Node never looks for it.
    sourcemap: 'hidden',
    sourcemapExcludeSources: true,
    // From the project's root, so that maps depend on no machine.
    sourcemapPathTransform: (source, map) => relative(ROOT, resolve(dirname(map), source)),
    comments: { legal: false },
    codeSplitting: {
      // The entry is not in the group. It awaits at its top level code that loads late, and that code imports from this group:
      // were the two one file, they would wait for each other.
      groups: [{ name: 'start', tags: ['$initial'], test: (id) => id !== entry }],
    },
  })
  await build.close()
  const chunks = output.filter((one) => one.type === 'chunk')
  const packages = packagesIn(chunks, ROOT)
  if (packages.length > 0) writeFileSync(join(directory, NOTICES_FILE), noticesOf(packages))
  return { directory, ...eager(chunks), packages }
}

function eager(chunks: readonly OutputChunk[]): Pick<Bundle, 'eagerFiles' | 'eagerBytes'> {
  const loaded = new Set<OutputChunk>()
  const load = (name: string) => {
    const chunk = chunks.find(({ fileName }) => fileName === name)
    if (chunk === undefined || loaded.has(chunk)) return
    loaded.add(chunk)
    chunk.imports.forEach(load)
  }
  load('index.mjs')
  const eagerBytes = [...loaded].reduce((sum, { code }) => sum + Buffer.byteLength(code), 0)
  return { eagerFiles: loaded.size, eagerBytes }
}
