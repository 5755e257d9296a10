// Bundles one function as the form that starts fastest by measurement: ESM, split, module entry points first, minified.
// Content decides the result, so that an unchanged function is an unchanged asset.
import { mkdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { buildSync } from 'esbuild'

export interface Bundle {
  readonly directory: string
  /** What is loaded when the function starts: the entry and the chunks it imports statically. */
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

/** @param into folder of the bundles; this function's is made anew in it */
export function bundleFunction(name: string, into: string): Bundle {
  return bundleEntry(join('functions', `${name}.ts`), resolve(into, name))
}

/**
 * @param directory is made anew
 * @param shims which module is replaced by which file
 */
export function bundleEntry(
  entryPoint: string,
  directory: string,
  shims: Readonly<Record<string, string>> = SHIMS,
): Bundle {
  rmSync(directory, { recursive: true, force: true })
  mkdirSync(directory, { recursive: true })
  const root = resolve(import.meta.dirname, '..')
  const { metafile } = buildSync({
    absWorkingDir: root,
    entryPoints: { index: entryPoint },
    outdir: directory,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    minify: true,
    legalComments: 'none',
    metafile: true,
    logLevel: 'error',
    alias: { ...shims },
    // Some packages ask for built-in modules with require().
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
  })
  return { directory, eagerBytes: eagerBytes(metafile.outputs) }
}

type Outputs = ReturnType<typeof buildSync<{ metafile: true }>>['metafile']['outputs']

function eagerBytes(outputs: Outputs): number {
  const entry = Object.keys(outputs).find((path) => path.endsWith('index.mjs'))
  const loaded = new Set<string>()
  const load = (path: string) => {
    if (loaded.has(path)) return
    loaded.add(path)
    for (const { path: next, kind } of outputs[path]?.imports ?? []) {
      if (kind === 'import-statement' && next in outputs) load(next)
    }
  }
  if (entry !== undefined) load(entry)
  return [...loaded].reduce((sum, path) => sum + (outputs[path]?.bytes ?? 0), 0)
}
