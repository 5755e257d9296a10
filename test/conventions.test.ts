// The shape of the code: which way imports run, who may touch the environment and the SDK's clients, how long files get.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ERROR_CODES } from '#domain/errors.ts'

const files = ['functions', 'infra', 'shared'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => ({ path: join(folder, name), text: readFileSync(join(folder, name), 'utf8') })),
)
const inFolder = (folder: string) => files.filter(({ path }) => path.startsWith(folder))
const importsOf = (text: string) =>
  [...text.matchAll(/(?:from |import\()'([^']+)'/g)].map(([, specifier = '']) => specifier)

/** What each room may import besides its own files and packages. */
const ALLOWED: Readonly<Record<string, RegExp>> = {
  'shared/domain/': /^(\.\.?\/|node:crypto$|node:zlib$)/,
  'shared/adapters/': /^(\.\.?\/|#domain\/|[^#.])/,
  'shared/http/': /^(\.\.?\/|#domain\/|#adapters\/expiring-cache|#docs\/openapi\.json$|[^#.])/,
  'shared/runtime/': /^(\.\/|#domain\/|#adapters\/|#http\/|[^#.])/,
  'functions/':
    /^(#domain\/|#http\/|#runtime\/|#adapters\/(dynamodb\/schema|sqs\/recovery-message)\.ts|[^#.])/,
}

describe('imports', () => {
  test.each(Object.entries(ALLOWED))('of %s run toward the domain', (folder, allowed) => {
    const room = inFolder(folder)
    expect(room.length).toBeGreaterThan(2)
    for (const { path, text } of room) {
      for (const specifier of importsOf(text)) expect(specifier, path).toMatch(allowed)
    }
  })
})

test('only the composition root reads the environment or makes AWS clients', () => {
  for (const { path, text } of [...inFolder('functions/'), ...inFolder('shared/')]) {
    if (path.startsWith('shared/runtime/')) continue
    expect(text, path).not.toMatch(/process\.env/)
    if (path !== 'shared/adapters/sqs/recovery-queue.ts') expect(text, path).not.toMatch(/new \w+Client\(/)
  }
})

test('the domain has no clock, no network and no console of its own', () => {
  for (const { path, text } of inFolder('shared/domain/')) {
    expect(text, path).not.toMatch(/Date\.now|Math\.random|[^\w.]fetch\(|console\./)
  }
})

test('no file has grown beyond a room', () => {
  for (const { path, text } of files) {
    expect(text.split('\n').length, path).toBeLessThanOrEqual(220)
  }
})

test("no function stands twice: what two files need is one's to export", () => {
  const FUNCTION =
    /^(?:export )?(?:(?:async )?function \w+|const \w+ = (?:async )?(?=\())(.*(?:\n[ \t)}\]].*|\n(?=\n[ \t]))*)/gm
  const places = new Map<string, string[]>()
  for (const { path, text } of [...inFolder('functions/'), ...inFolder('shared/')]) {
    for (const [, body = ''] of text.matchAll(FUNCTION)) {
      // Where something is loaded late is each file's own matter.
      if (body.includes('=> import(')) continue
      const known = body.replaceAll(/\s+/g, ' ')
      places.set(known, [...(places.get(known) ?? []), path])
    }
  }
  expect(places.size).toBeGreaterThan(500)
  expect([...places].filter(([, { length }]) => length > 1)).toEqual([])
})

test('every error code has a heading in docs/errors.md', () => {
  const headings = readFileSync('docs/errors.md', 'utf8').match(/^## .*/gm)
  expect(headings).toEqual(ERROR_CODES.map((code) => `## ${code}`))
})
