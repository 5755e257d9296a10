// The shape of the code: which way imports run, who may touch the environment and the SDK's clients, how long files get.
import { readFileSync } from 'node:fs'
import { dirname } from 'node:path/posix'
import { describe, expect, test } from 'vitest'
import { ERROR_CODES } from '#domain/errors.ts'
import { findCircle, resolveImport, sourcesIn, specifiersOf } from './support/import-graph.ts'

const files = sourcesIn('functions', 'infra', 'shared')
const inFolder = (folder: string) => files.filter(({ path }) => path.startsWith(folder))

/** What each room may import besides its own files and packages. */
const ALLOWED: Readonly<Record<string, RegExp>> = {
  'shared/domain/': /^(\.\.?\/|node:crypto$|node:zlib$)/,
  'shared/adapters/': /^(\.\.?\/|#domain\/|[^#.])/,
  'shared/http/': /^(\.\.?\/|#domain\/|#docs\/openapi\.json$|[^#.])/,
  'shared/runtime/': /^(\.\/|#domain\/|#adapters\/|#http\/|[^#.])/,
  'functions/':
    /^(#domain\/|#http\/|#runtime\/|#adapters\/(dynamodb\/schema|sqs\/(recovery|sender)-message)\.ts|[^#.])/,
}

describe('imports', () => {
  test.each(Object.entries(ALLOWED))('of %s run toward the domain', (folder, allowed) => {
    const room = inFolder(folder)
    expect(room.length).toBeGreaterThan(2)
    for (const { path, text } of room) {
      for (const specifier of specifiersOf(text)) {
        expect(specifier, path).toMatch(allowed)
        // A relative import stays in its room; another room is named by its alias.
        if (specifier.startsWith('.')) expect(resolveImport(path, specifier), path).toContain(folder)
      }
    }
  })
})

/** The slices of the domain, lowest first. A slice imports the files above the slices (its own root) and slices before it. */
const SLICES = [
  'vault',
  'audit',
  'tenants',
  'provider',
  'callers',
  'events',
  'webhooks',
  'apps',
  'connections',
  'revocation',
  'tokens',
  'feeds',
  'keep-alive',
  'proxy',
  'connect',
  'imports',
  'manage',
  'exports',
  'operator',
  'keys',
]
const domainFolder = (path: string) => dirname(path).replace(/^shared\/domain\/?/, '')

describe('the house', () => {
  test('every folder of the domain is a slice with a place in the order', () => {
    const folders = [...new Set(inFolder('shared/domain/').map(({ path }) => domainFolder(path)))]
    expect(
      folders.filter((folder) => folder !== '').sort(),
      'Give a new slice its place in SLICES of this test. A slice has no folders below it.',
    ).toEqual([...SLICES].sort())
  })

  test.each(SLICES)('slice %s says what it needs in its ports.ts and is more than one file', (slice) => {
    const names = inFolder(`shared/domain/${slice}/`).map(({ path }) => path)
    expect(names, `Write shared/domain/${slice}/ports.ts: an interface of the ports it needs.`).toContain(
      `shared/domain/${slice}/ports.ts`,
    )
    expect(names.length, 'One file is no slice: put it into the slice that uses it.').toBeGreaterThan(1)
  })

  test('a slice imports only earlier slices', () => {
    for (const { path, imports } of inFolder('shared/domain/')) {
      for (const target of imports) {
        const [own, other] = [SLICES.indexOf(domainFolder(path)), SLICES.indexOf(domainFolder(target))]
        expect(
          other,
          `${path} imports ${target}, a later slice. Move what it needs into an earlier slice (a model or a port), or the operation into a later one.`,
        ).toBeLessThanOrEqual(own)
      }
    }
  })

  test('no file imports itself by way of others, type imports included', () => {
    expect(
      findCircle(files)?.join(' -> '),
      'Break the circle: a model file imports no operation, and a port imports no aggregate. Carve out the type that both need.',
    ).toBeUndefined()
    const circle = [
      { path: 'a', imports: ['b'] },
      { path: 'b', imports: ['c'] },
      { path: 'c', imports: ['b'] },
    ]
    expect(findCircle(circle)).toEqual(['b', 'c', 'b'])
  })

  test('the domain and http never see the aggregate of all services', () => {
    for (const { path, text } of [...inFolder('shared/domain/'), ...inFolder('shared/http/')]) {
      expect(text, `${path}: take Pick<TenancyPorts & …, 'tenants' | …> in place of Services.`).not.toMatch(
        /\bServices\b(?=['",<> ;})[])/,
      )
    }
  })

  test('no folder of shared/ holds more than 18 files, and its rooms at most 8 outside a folder', () => {
    const counts = new Map<string, number>()
    for (const { path } of inFolder('shared/'))
      counts.set(dirname(path), (counts.get(dirname(path)) ?? 0) + 1)
    for (const [folder, count] of counts) {
      const most = /^shared\/(domain|adapters|http)$/.test(folder) ? 8 : 18
      expect(
        count,
        `${folder} holds ${count} files: find the concept that some of them share and give it a folder.`,
      ).toBeLessThanOrEqual(most)
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

test('every AWS client has the deadlines that all have', () => {
  const made = files.flatMap(({ path, text }) =>
    path.startsWith('shared/') || path.startsWith('functions/')
      ? [...text.matchAll(/new \w+Client\(.*/g)].map(([line]) => [path, line])
      : [],
  )
  expect(made.length).toBeGreaterThan(3)
  for (const [path, line] of made) {
    expect(line, `${path}: pass { requestHandler: AWS_TIMEOUTS }`).toContain('requestHandler: AWS_TIMEOUTS')
  }
})

test('the domain has no clock, no network and no console of its own', () => {
  for (const { path, text } of inFolder('shared/domain/')) {
    expect(text, path).not.toMatch(/Date\.now|Math\.random|[^\w.]fetch\(|console\./)
  }
})

test('a warning or an error that names a connection, a session, a revocation or a feed names its tenant, too', () => {
  const CALL = /\blog\.(?:warn|error)\((?:[^()]|\([^()]*\))*\)/g
  const calls = inFolder('shared/domain/').flatMap(({ path, text }) =>
    [...text.matchAll(CALL)].map(([call]) => ({ path, call })),
  )
  expect(calls.length).toBeGreaterThan(30)
  for (const { path, call } of calls) {
    if (!/\b(connection|session|revocation|feed)(: |,)/.test(call)) continue
    expect(call, `${path}: spread namesOf(…) of ambient.ts into the line.`).toMatch(/tenant|namesOf/)
  }
})

test('the message of a log line is a constant, because each is a metric of its own', () => {
  for (const { path, text } of [...inFolder('functions/'), ...inFolder('shared/')]) {
    expect(text, `${path}: put what varies into the fields.`).not.toMatch(/\blog\.(info|warn|error)\(`/)
  }
})

test('no file has grown beyond a room', () => {
  for (const { path, text } of files) {
    expect(
      text.split('\n').length,
      `${path} is too long: split it by what its parts own.`,
    ).toBeLessThanOrEqual(220)
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
