// Measures cold starts: the bytes that each function loads; the proxy's import and first call, compared with the minimum that
// such a function does ("floor", bundled well with esbuild and as our functions are) and with the usual way to write it; and
// what priming saves the first request of a function with 256 MB.
// Usage: npm run bench:start-up [-- --rounds 5]
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { buildSync } from 'esbuild'
import { FUNCTION_NAMES } from '#runtime/env.ts'
import { bundleEntry, bundleFunction, SHIMS } from '../../infra/bundle/bundle.ts'
import { type Contender, type Figures, firstCall, firstCallWith, instructions } from './measure.ts'
import { cpuQuota } from './quota.ts'
import { openScene } from './scene.ts'

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } })
const rounds = Number(values.rounds)
const say = (text: string) => process.stderr.write(`${text}\n`)
const print = (text: string) => process.stdout.write(`${text}\n`)
const here = (file: string) => join('bench', 'start-up', file)
const CREDENTIALS = '@aws-sdk/credential-provider-node'
const output = mkdtempSync(join(tmpdir(), 'start-up-'))

/** Bundles with esbuild's defaults. */
function bundledByDefault(entryPoint: string, outfile: string): string {
  buildSync({ entryPoints: [entryPoint], outfile, bundle: true, platform: 'node', logLevel: 'error' })
  return outfile
}

/** Bundles with the settings of esbuild that start fastest, and with credentials from the environment alone. */
function bundledToStartFast(entryPoint: string, outdir: string): string {
  buildSync({
    entryPoints: { index: entryPoint },
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    minify: true,
    legalComments: 'none',
    logLevel: 'error',
    alias: { [CREDENTIALS]: SHIMS[CREDENTIALS] },
    // Some packages load built-in modules with require().
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
  })
  return join(outdir, 'index.mjs')
}

print('Loaded at start-up, KB of 1,024 bytes')
for (const name of FUNCTION_NAMES) {
  const { eagerBytes } = await bundleFunction(name, output)
  print(`${name.padEnd(20)}${(eagerBytes / 1024).toFixed(0).padStart(5)}`)
}

say('Starting emulators, upstream and the service …')
const scene = await openScene()
const quota = cpuQuota()
try {
  await compare()
} finally {
  quota?.close()
  await scene.close()
  rmSync(output, { recursive: true })
}

async function compare(): Promise<void> {
  const environment = { ...scene.environment, NODE_ENV: 'production' }
  const ours = { event: scene.event, environment: { ...environment, AWS_LAMBDA_FUNCTION_NAME: 'proxy' } }
  const bare: Contender = { name: 'bare Node', environment }
  const floor = {
    name: 'floor',
    bundle: bundledToStartFast(here('floor.ts'), join(output, 'floor')),
    event: scene.calls,
    environment,
  }
  const axios = {
    ...floor,
    name: 'defaults + axios',
    bundle: bundledByDefault(here('with-axios.ts'), join(output, 'axios.cjs')),
  }
  const proxy = { ...ours, name: 'proxy', bundle: join(output, 'proxy', 'index.mjs') }
  const bundledAsOurs = async (file: string, name: string) =>
    join((await bundleEntry(here(file), join(output, name))).directory, 'index.mjs')
  const ownFloor = {
    ...floor,
    name: 'floor, our bundler',
    bundle: await bundledAsOurs('floor.ts', 'own-floor'),
  }
  const unprimed = {
    ...ours,
    name: 'proxy, unprimed',
    bundle: await bundledAsOurs('unprimed-proxy.ts', 'unprimed'),
  }

  print(`\nImport and first call: millions of instructions, ms (medians of ${rounds})`)
  const counts = new Map<string, number>()
  for (const one of [bare, floor, ownFloor, axios, proxy, unprimed]) {
    say(one.name)
    const count = (await instructions(one)) ?? Number.NaN
    counts.set(one.name, count)
    const { import: imported, call } = await median(one, firstCall)
    print(`${one.name.padEnd(20)}${cell(count / 1e6)}${cell(imported)}${cell(call)}`)
  }
  const ratio = (one: string, other: string) =>
    ((counts.get(one) ?? Number.NaN) / (counts.get(other) ?? Number.NaN)).toFixed(2)
  if (Number.isNaN(counts.get('proxy'))) print('Install valgrind to count instructions.')
  print(`proxy / floor ${ratio('proxy', 'floor')}, with our bundler ${ratio('proxy', 'floor, our bundler')}`)
  print(`proxy / defaults + axios ${ratio('proxy', 'defaults + axios')}`)

  if (quota === undefined) {
    print('No control group can be made here, so the first call under a CPU quota is not measured.')
    return
  }
  print("\nThe first call with a 256 MB function's share of CPU, ms (the start has all of it)")
  const calls = []
  for (const one of [unprimed, proxy]) {
    const { call } = await median(one, (it) => firstCallWith(quota, it))
    calls.push(call)
    print(`${one.name.padEnd(20)}${cell(call)}`)
  }
  const [without = Number.NaN, primed = Number.NaN] = calls
  print(`primed / unprimed ${(primed / without).toFixed(2)}`)
}

function cell(value: number): string {
  return value.toFixed(1).padStart(10)
}

async function median(one: Contender, measure: (one: Contender) => Promise<Figures>): Promise<Figures> {
  const all: Figures[] = []
  for (let round = 0; round < rounds; round++) all.push(await measure(one))
  const middle = (of: (figures: Figures) => number) =>
    all.map(of).toSorted((one, other) => one - other)[Math.floor(rounds / 2)] ?? Number.NaN
  return { import: middle((it) => it.import), call: middle((it) => it.call), status: null }
}
