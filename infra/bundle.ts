// Bundles one function as the form that starts fastest by measurement: ESM, module entry points first, minified, in two
// parts: what loads when it starts, as one file, and what loads late. Content decides the result, so that an unchanged
// function is an unchanged asset.
import { mkdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type OutputChunk, rolldown } from 'rolldown'
import { FUNCTION_NAMES, type FunctionName } from '#runtime/env.ts'
import { nameOnlyErrors } from './sdk-errors.ts'

export interface Bundle {
  readonly directory: string
  /** What is loaded when the function starts: the entry and the chunks it imports statically. */
  readonly eagerFiles: number
  readonly eagerBytes: number
}

/** Modules that load much and do nothing in Lambda, and what stands in for each; docs/adr/0013. */
export const SHIMS = {
  'node:process': './infra/lambda-shims/process.ts',
  'node:fs': './infra/lambda-shims/fs.ts',
  'node:fs/promises': './infra/lambda-shims/fs-promises.ts',
  '@aws-sdk/credential-provider-node': './infra/lambda-shims/credentials.ts',
  '@smithy/core/checksum': './infra/lambda-shims/checksum.ts',
  '@aws/lambda-invoke-store': './infra/lambda-shims/invoke-store.ts',
  '@aws-sdk/middleware-endpoint-discovery': './infra/lambda-shims/endpoint-discovery.ts',
}

const ROOT = resolve(import.meta.dirname, '..')

/** @param into folder of the bundles; each function's is made anew in it */
export async function bundleFunctions(into: string): Promise<void> {
  await Promise.all(FUNCTION_NAMES.map((name) => bundleFunction(name, into)))
}

export function bundleFunction(name: FunctionName, into: string): Promise<Bundle> {
  return bundleEntry(join('functions', `${name}.ts`), resolve(into, name))
}

/** @param directory is made anew */
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
      alias: Object.fromEntries(Object.entries(SHIMS).map(([module, file]) => [module, resolve(ROOT, file)])),
    },
    plugins: [nameOnlyErrors()],
    // That a busy machine took its time is no reason to warn.
    checks: { bundlerTimings: false },
    logLevel: 'warn',
    // What cannot be resolved, say, is a warning and would fail in Lambda.
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
    comments: { legal: false },
    codeSplitting: {
      // Without the entry: it awaits at its top level what loads late, which imports from this and must not wait for it.
      groups: [{ name: 'start', tags: ['$initial'], test: (id) => id !== entry }],
    },
  })
  await build.close()
  return { directory, ...eager(output.filter((one) => one.type === 'chunk')) }
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
