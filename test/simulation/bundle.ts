// The functions as the simulation runs them: bundled like those that are deployed, with libraries outside, so that each
// process of a run evaluates all of our code anew and shares only the libraries. A mutant changes the text of one file.
import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Script } from 'node:vm'
import { build, type Plugin } from 'esbuild'
import type { FunctionName } from '#runtime/env.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** A change of our code that takes one protection away. */
export interface Mutant {
  readonly name: string
  /** For each file the text that is replaced; it has to be there exactly once. */
  readonly changes: readonly { readonly file: string; readonly find: string; readonly replace: string }[]
}

/** What a bundled function is evaluated with. */
export type Evaluate = (
  module: { exports: object },
  require: (name: string) => unknown,
  process: object,
) => void

export interface Bundle {
  readonly functions: ReadonlyMap<FunctionName, Evaluate>
  /** The libraries that the functions ask for. */
  readonly libraries: readonly string[]
}

/** @throws Error when the text that a mutant replaces is not in the code any more */
export async function bundleFunctions(names: readonly FunctionName[], mutant?: Mutant): Promise<Bundle> {
  const { outputFiles } = await build({
    entryPoints: names.map((name) => `functions/${name}.ts`),
    absWorkingDir: ROOT,
    outdir: 'bundled',
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    packages: 'external',
    supported: { 'dynamic-import': false },
    logLevel: 'silent',
    plugins: [changing(mutant?.changes ?? [])],
  })
  const libraries = new Set<string>()
  const functions = new Map<FunctionName, Evaluate>()
  outputFiles.forEach(({ text }, index) => {
    const name = names[index] as FunctionName
    for (const [, library = ''] of text.matchAll(/require\("([^"]+)"\)/g)) libraries.add(library)
    // The libraries come as modules, and need none of the bundler's adaptation.
    const code = text.replaceAll(/__toESM\((require\("[^"]+"\))(?:, 1)?\)/g, '$1')
    const wrapped = `(function (module, require, process) { const exports = module.exports; ${code}\n})`
    functions.set(name, new Script(wrapped, { filename: `${name}.js` }).runInThisContext())
  })
  return { functions, libraries: [...libraries] }
}

function changing(changes: Mutant['changes']): Plugin {
  const changed = new Set<string>()
  return {
    name: 'simulation',
    setup(build) {
      build.onLoad({ filter: /\/(shared|functions)\/.*\.ts$/ }, ({ path }) => {
        const file = relative(ROOT, path)
        let contents = readFileSync(path, 'utf8')
        for (const { file: wanted, find, replace } of changes) {
          if (wanted !== file) continue
          if (contents.split(find).length !== 2) throw new Error(`${file} does not hold once: ${find}`)
          contents = contents.replace(find, () => replace)
          changed.add(file)
        }
        // A module of this form cannot wait at its top level: the handler becomes a promise of itself.
        return { contents: contents.replace('= await onLambda(', '= onLambda('), loader: 'ts' }
      })
      build.onEnd(() => {
        const missing = changes.find(({ file }) => !changed.has(file))
        if (missing) throw new Error(`No function loads ${missing.file}`)
      })
    },
  }
}
