// What a cold start loads, and that a bundle changes only when the code does.
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { FUNCTION_NAMES, type FunctionName } from '#runtime/env.ts'
import { type Bundle, bundleEntry, bundleFunction } from '../../infra/bundle/bundle.ts'
import { NOTICES_FILE } from '../../infra/bundle/notices.ts'
import { idOf, productionPackages } from '../../infra/supply-chain/lockfile.ts'
import { fileHashes } from './files.ts'

/** The most that a function may read when it starts: every cold start pays for it. */
const MAX_EAGER_BYTES = 304_500
/** The limits of the others. Lower them when a bundle shrinks. */
const OTHERS: Partial<Record<FunctionName, number>> = {
  'audit-events': 235_500,
  credentials: 239_500,
  // It makes the seals of feeds again, too.
  'rotate-keys': 229_500,
  'publish-events': 178_000,
  service: 31_500,
  // It refreshes and probes, too, since the operator can look at refused connections.
  'tenant-connections': 312_000,
}
/**
 * The environment of every function, with an AWS endpoint that does not answer. Over plain HTTP the SDK would import
 * node:http, and with it undici.
 */
const ENVIRONMENT = {
  AUDIT_RETENTION_DAYS: '365',
  EVENT_RETENTION_DAYS: '90',
  OPERATOR_NAME: 'Funnel Connect',
  TABLE_NAME: 'table',
  PUBLIC_URL: 'https://connect.example.com',
  ROOT_KEY_ARN: 'arn:aws:kms:us-east-1:111122223333:key/root',
  CLICKFUNNELS_PROFILE: 'clickfunnels',
  WEBHOOK_QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/111122223333/senders',
  RECOVERY_QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/111122223333/recovery',
  AWS_ENDPOINT_URL: 'https://127.0.0.1:9',
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
}

const output = mkdtempSync(join(tmpdir(), 'bundles-'))
const bundles: Partial<Record<FunctionName, Bundle>> = {}
beforeAll(async () => {
  for (const name of FUNCTION_NAMES) bundles[name] = await bundleFunction(name, output)
}, 60_000)
afterAll(() => rmSync(output, { recursive: true, force: true }))

it.each(FUNCTION_NAMES)('%s loads two files, and no more than its limit, at start-up', (name) => {
  expect(bundles[name]?.eagerFiles).toBe(2)
  const eagerBytes = bundles[name]?.eagerBytes ?? Number.NaN
  // A bundle far below that would mean that the measure is broken.
  expect(eagerBytes).toBeGreaterThan(name === 'service' ? 20_000 : 150_000)
  expect(eagerBytes).toBeLessThanOrEqual(OTHERS[name] ?? MAX_EAGER_BYTES)
})

it('no function makes Node load undici or http2 when it starts', async () => {
  const loads = FUNCTION_NAMES.map(async (name) => [name, await loadedBy(name)] as const)
  for (const [name, loaded] of await Promise.all(loads)) {
    // This shows that the list does name what was loaded.
    if (name !== 'service') expect(loaded, name).toContain('NativeModule https')
    // An ES import of any built-in module reads all of its members (infra/bundle/node-modules.ts).
    for (const file of readdirSync(directoryOf(name)).filter((one) => one.endsWith('.mjs')))
      expect(readFileSync(join(directoryOf(name), file), 'utf8'), file).not.toMatch(/from ?["'`]node:/)
    expect(
      loaded.filter((module) => /undici|http2/.test(module)),
      name,
    ).toEqual([])
  }
})

it.each(['connections', 'service'] as const)(
  '%s is the same to the byte when made again elsewhere',
  async (name) => {
    const again = await bundleFunction(name, join(output, 'elsewhere', 'again'))
    expect(fileHashes(again.directory)).toEqual(fileHashes(directoryOf(name)))
  },
)

it('a source map leads from each file to the sources, and no file names its map', () => {
  const directory = directoryOf('proxy')
  const files = readdirSync(directory).filter((file) => file.endsWith('.mjs'))
  for (const file of files) {
    const code = readFileSync(join(directory, file), 'utf8')
    expect(code, file).not.toContain('sourceMappingURL')
    expect(existsSync(join(directory, `${file}.map`)), file).toBe(true)
  }
  const [start = ''] = files.filter((file) => file.startsWith('start-'))
  const text = ' has to be '
  const [line, column] = positionOf(text, join(directory, start))
  const map = new SourceMap(JSON.parse(readFileSync(join(directory, `${start}.map`), 'utf8')))
  const entry = map.findEntry(line, column)
  expect(entry).toMatchObject({ originalSource: 'shared/runtime/env.ts' })
  const [original] = positionOf(text, 'shared/runtime/env.ts')
  expect('originalLine' in entry && entry.originalLine).toBe(original)
})

it('an import that cannot be resolved stops the synthesis', async () => {
  const entry = join(output, 'entry.ts')
  writeFileSync(entry, "import 'a-package-that-is-not-there'")
  await expect(bundleEntry(entry, join(output, 'unresolved'))).rejects.toThrow('a-package-that-is-not-there')
})

it('a function that needs neither table nor keys does not contain the AWS SDK', () => {
  const directory = directoryOf('service')
  const code = readdirSync(directory).map((file) => readFileSync(join(directory, file), 'utf8'))
  expect(code.join()).not.toMatch(/dynamodb|@aws-sdk/i)
})

it.each(FUNCTION_NAMES)('%s carries the licence of each package whose code is in it', (name) => {
  const notices = readFileSync(join(directoryOf(name), NOTICES_FILE), 'utf8')
  const named = [...notices.matchAll(/^(\S+) [\d.]+ \(\S+\)$/gm)].map(([, packageName = '']) => packageName)
  expect(named.sort()).toEqual(packagesInMaps(directoryOf(name)))
  for (const section of notices.split('-'.repeat(80)).slice(1)) {
    expect(section).toMatch(/Apache License|Permission is hereby granted/)
  }
})

it('bundles contain only packages that a production install brings along, in the locked version', () => {
  const locked = productionPackages().map(idOf)
  for (const name of FUNCTION_NAMES)
    expect(locked).toEqual(expect.arrayContaining(bundles[name]?.packages.map(idOf) ?? []))
})

/** The packages that the source maps of a bundle lead to. */
function packagesInMaps(directory: string): string[] {
  const maps = readdirSync(directory).filter((file) => file.endsWith('.map'))
  const sources = maps.flatMap(
    (file): string[] => JSON.parse(readFileSync(join(directory, file), 'utf8')).sources,
  )
  const names = sources.flatMap((source) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(source)?.[1] ?? [])
  return [...new Set(names)].sort()
}

/** Line and column of a text in a file, both from 0. */
function positionOf(text: string, file: string): [line: number, column: number] {
  const before = readFileSync(file, 'utf8').split(text, 1)[0] ?? ''
  const lines = before.split('\n')
  return [lines.length - 1, lines.at(-1)?.length ?? 0]
}

function directoryOf(name: FunctionName): string {
  return bundles[name]?.directory ?? ''
}

/** The built-in modules that Node has loaded once a process has imported a function's bundle, as Lambda does. */
async function loadedBy(name: FunctionName): Promise<string[]> {
  const script = `import(process.argv[1]).then(() => process.stdout.write(JSON.stringify(process.moduleLoadList), () => process.exit()))`
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--eval', script, pathToFileURL(join(directoryOf(name), 'index.mjs')).href],
    { env: { ...ENVIRONMENT, AWS_LAMBDA_FUNCTION_NAME: name } },
  )
  // The line before it logs that the process starts unprimed, because AWS does not answer.
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')
}
