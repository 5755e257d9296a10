// The cache of synthesized templates: it goes by content, is safe for several callers at once, and reports failures. The
// "CDK app" here is a script that writes a file and counts its runs.
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test, vi } from 'vitest'
import { hashSources, hashTemplateSources } from '../../infra/local/cloudformation/sources-hash.ts'
import { keepInUse, synthesize } from '../../infra/local/cloudformation/synthesis.ts'
import { scratchFolder } from '../support/scratch.ts'

let root: string

beforeEach(() => {
  root = scratchFolder()
  for (const folder of ['infra/local', 'functions', 'shared/domain', 'shared/http', 'docs'])
    mkdirSync(join(root, folder), { recursive: true })
  write('package.json', '{ "type": "module" }')
  write('functions/proxy.ts', 'export {}')
  writeApp('')
})

test('the app runs once for one state of the sources', async () => {
  const first = await synthesize({ root })
  const second = await synthesize({ root })
  expect([first.cached, second.cached, runs()]).toEqual([false, true, 1])
  expect(second.directory).toBe(first.directory)
  expect(readFileSync(join(first.directory, 'out.json'), 'utf8')).toBe('{}')
})

test.each([
  ['functions/proxy.ts', true],
  ['functions/new.ts', true],
  ['shared/domain/time.ts', true],
  ['package-lock.json', true],
  ['cdk.json', true],
  ['infra/stack.ts', true],
  ['infra/local/stack.ts', false],
  ['README.md', false],
])('a change of %s runs it again: %s', (file, again) => {
  const before = hashSources(root)
  write(file, 'changed')
  expect(hashSources(root) !== before).toBe(again)
})

test.each([
  ['infra/app.ts', true],
  ['infra/stack.ts', true],
  ['shared/http/routes.ts', true],
  ['shared/domain/audit.ts', true],
  ['docs/openapi.json', true],
  ['package-lock.json', true],
  ['infra/cli.ts', false],
  ['functions/proxy.ts', false],
  ['shared/domain/time.ts', false],
  ['shared/domain/caller.ts', false],
])('a change of %s needs new templates: %s', (file, needed) => {
  write('package.json', '{ "imports": { "#http/*": "./shared/http/*", "#docs/*": "./docs/*" } }')
  write(
    'infra/app.ts',
    "import { Stack } from 'aws-cdk-lib'\nimport {\n  stack,\n} from './stack.ts'\nimport './cli.json'",
  )
  write(
    'infra/stack.ts',
    "import { ROUTES } from '#http/routes.ts'\nconst openapi = await import('#docs/openapi.json')",
  )
  write(
    'shared/http/routes.ts',
    "import { audit } from '../domain/audit.ts'\nimport type { Caller } from '../domain/caller.ts'",
  )
  for (const other of ['shared/domain/audit.ts', 'shared/domain/caller.ts', 'docs/openapi.json'])
    write(other, '')
  const before = hashTemplateSources(root)
  write(file, 'changed')
  expect(hashTemplateSources(root) !== before).toBe(needed)
})

test('where only the templates matter, a change of a function does not run the app', async () => {
  const first = await synthesize({ root, templatesOnly: true })
  write('functions/proxy.ts', 'changed')
  expect(await synthesize({ root, templatesOnly: true })).toEqual({ ...first, cached: true })
  expect((await synthesize({ root })).cached).toBe(false)
  expect(runs()).toBe(2)
})

test('a file that moves is a change, although the contents are the same', () => {
  write('functions/a.ts', '1')
  const before = hashSources(root)
  renameSync(join(root, 'functions/a.ts'), join(root, 'shared/a.ts'))
  expect(hashSources(root)).not.toBe(before)
})

test('several callers at once get the same whole result', async () => {
  const results = await Promise.all([synthesize({ root }), synthesize({ root }), synthesize({ root })])
  expect(new Set(results.map(({ directory }) => directory)).size).toBe(1)
  expect(readFileSync(join(results[0].directory, 'out.json'), 'utf8')).toBe('{}')
  expect(folders()).toHaveLength(1)
})

test('a source that is saved while the app runs makes it run again', async () => {
  writeApp(`if (runs === 1) writeFileSync('functions/proxy.ts', 'export const changed = true')`)
  const { directory } = await synthesize({ root })
  expect(runs()).toBe(2)
  expect(directory).toContain(hashSources(root))
  expect(folders()).toHaveLength(1)
})

test('the output of a failing app is reported, and the app leaves nothing behind', async () => {
  writeApp(`console.error('Resource "Table" has no key'); process.exit(1)`)
  await expect(synthesize({ root })).rejects.toThrow(
    /does not synthesize .* ended with 1\):\s+Resource "Table" has no key/,
  )
  expect(folders()).toEqual([])
})

test('old results and abandoned drafts are removed, those in use stay', async () => {
  const old = join(root, '.local/synth/draft-gone')
  mkdirSync(old, { recursive: true })
  utimesSync(old, 0, 0)
  const made: string[] = []
  for (let change = 0; change < 6; change++) {
    write('functions/proxy.ts', String(change))
    const { directory } = await synthesize({ root })
    utimesSync(directory, change, change)
    made.push(directory)
  }
  expect(existsSync(old)).toBe(false)
  expect(made.map((directory) => existsSync(directory))).toEqual([false, false, true, true, true, true])
})

test('a result that a process runs from stays, however many come after it', async () => {
  const { directory } = await synthesize({ root })
  utimesSync(directory, 0, 0)
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const release = keepInUse(directory)
  vi.advanceTimersByTime(60_000)
  release()
  vi.useRealTimers()
  for (let change = 0; change < 6; change++) {
    write('functions/proxy.ts', String(change))
    await synthesize({ root })
  }
  expect(existsSync(directory)).toBe(true)
})

function write(file: string, content: string): void {
  writeFileSync(join(root, file), content)
}

/** @param then what the app does after it has written its output */
function writeApp(then: string): void {
  const counter = JSON.stringify(join(root, 'runs'))
  write(
    'infra/app.ts',
    `import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
    appendFileSync(${counter}, '.')
    const runs = readFileSync(${counter}, 'utf8').length
    const out = String(process.env.CDK_OUTDIR)
    mkdirSync(out, { recursive: true })
    writeFileSync(out + '/out.json', '{}')
    ${then}`,
  )
}

function runs(): number {
  return readFileSync(join(root, 'runs'), 'utf8').length
}

function folders(): string[] {
  return readdirSync(join(root, '.local/synth'))
}
