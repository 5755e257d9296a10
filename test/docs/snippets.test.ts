// What the documentation shows beside commands: JavaScript runs against a running service (or compiles, where it needs a
// page), JSON parses, drawings and log queries hold together. A block of a language that no test checks fails.
import { execFile } from 'node:child_process'
import { globSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { scratchFolder } from '../support/scratch.ts'
import { startTestStack, type TestStack } from '../support/stack.ts'
import { type Block, blocksIn, guides, placeOf } from './pages.ts'

/** `text` is for drawings and what programs print: there is nothing to run. */
const CHECKED = [
  ...['sh', 'bash', 'js', 'ts', 'tsx', 'html', 'json', 'mermaid', 'logs-insights', 'text'],
  // Recipes for webhooks: webhook-recipes.test.ts.
  ...['python', 'go', 'php', 'ruby'],
]
/** What snippets take as given. */
const GIVEN = ['service', 'apiKey', 'connection', 'api', 'jwt']
const ROOT = join(import.meta.dirname, '../..')
const run = promisify(execFile)
const named = (blocks: readonly Block[]) => blocks.map((block) => ({ at: placeOf(block), ...block }))

test('every block says what it is', () => {
  const odd = guides.flatMap(({ blocks }) => blocks).filter(({ language }) => !CHECKED.includes(language))
  expect(odd.map(placeOf)).toEqual([])
})

describe('JavaScript', () => {
  const inPages = blocksIn('js', 'ts', 'html').filter(({ directive }) => directive?.kind === 'types only')
  const alone = blocksIn('js', 'ts').filter(({ directive }) => directive === undefined)

  let stack: TestStack
  let env: Record<string, string>
  beforeAll(async () => {
    stack = await startTestStack()
    const tenant = await stack.createTenant()
    const { id } = (await stack.connect(tenant)).json
    const given = { service: stack.url, apiKey: tenant.apiKey, connection: id }
    env = { GIVEN: JSON.stringify(given), FUNNEL_CONNECT_URL: stack.url, FUNNEL_CONNECT_KEY: tenant.apiKey }
  })
  afterAll(() => stack?.close())

  test.each(named(alone))(
    'of $at runs',
    async ({ text }) => {
      const file = join(scratchFolder(), 'snippet.mts')
      writeFileSync(file, text)
      await run(process.execPath, ['--import', join(import.meta.dirname, 'given.mjs'), file], { env })
    },
    60_000,
  )

  test('that needs a page compiles', async () => {
    const folder = scratchFolder()
    for (const [index, { text, language }] of inPages.entries()) {
      const script = /<script type="module">\n([\s\S]*?)<\/script>/.exec(text)?.[1] ?? ''
      writeFileSync(join(folder, `page-${index}.mts`), `${language === 'html' ? script : text}\nexport {}\n`)
    }
    // What the pages take as given.
    writeFileSync(join(folder, 'given.d.ts'), 'declare const api: string\ndeclare const jwt: string\n')
    const compilerOptions = {
      ...{ target: 'es2022', module: 'esnext', moduleResolution: 'bundler', strict: true, noEmit: true },
      ...{ allowImportingTsExtensions: true, skipLibCheck: true, types: [] },
      lib: ['es2022', 'dom', 'dom.iterable', 'dom.asynciterable'],
      paths: { '@funnel-connect/client': [join(ROOT, 'client/src/index.ts')] },
    }
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, include: ['*.mts', '*.d.ts'] }),
    )
    const compiled = await run(join(ROOT, 'node_modules/.bin/tsc'), ['-p', folder]).catch((error) => error)
    expect(compiled.stdout).toBe('')
    expect(inPages.length).toBeGreaterThan(0)
  }, 60_000)
})

test('TypeScript compiles under strict as it is printed', async () => {
  const folder = scratchFolder()
  const printed = blocksIn('ts', 'tsx').filter(({ directive }) => directive?.text !== 'popup')
  for (const [index, { text, language }] of printed.entries()) {
    writeFileSync(join(folder, `snippet-${index}.${language}`), `${text}\nexport {}\n`)
  }
  writeFileSync(join(folder, 'given.d.ts'), GIVEN.map((name) => `declare const ${name}: string`).join('\n'))
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  const client = (file: string) => [join(ROOT, 'client/src', file)]
  const compilerOptions = {
    ...{ target: 'es2024', module: 'esnext', moduleResolution: 'bundler', jsx: 'react-jsx', noEmit: true },
    ...{ strict: true, noUncheckedIndexedAccess: true, exactOptionalPropertyTypes: true },
    ...{ allowImportingTsExtensions: true, skipLibCheck: true, types: ['node'] },
    lib: ['es2024', 'esnext.array', 'dom', 'dom.iterable', 'dom.asynciterable'],
    paths: {
      '@funnel-connect/client': client('index.ts'),
      '@funnel-connect/client/connections': client('connections.ts'),
      '@funnel-connect/client/element': client('element.ts'),
      '@funnel-connect/client/react': client('react.ts'),
      '@funnel-connect/client/reconnect-banner': client('reconnect-banner.ts'),
      '@funnel-connect/client/server': client('server.ts'),
    },
  }
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, include: ['*.ts', '*.tsx'] }),
  )
  const compiled = await run(join(ROOT, 'node_modules/.bin/tsc'), ['-p', folder]).catch((error) => error)
  expect(compiled.stdout).toBe('')
  expect(printed.length).toBeGreaterThan(8)
}, 60_000)

test('every snippet and file that another test runs is run by one', () => {
  const tests = globSync('test/**/*.test.ts').map((path) => readFileSync(path, 'utf8'))
  for (const { directive } of blocksIn('js', 'ts', 'tsx')) {
    if (directive?.kind !== 'snippet' && directive?.kind !== 'file') continue
    const call = new RegExp(String.raw`(snippet|drive)\('${directive.text}'\)`)
    expect(
      tests.some((source) => call.test(source)),
      directive.text,
    ).toBe(true)
  }
})

test.each(named(blocksIn('json')))('the JSON of $at parses', ({ text }) => {
  JSON.parse(text)
})

test.each(named(blocksIn('logs-insights')))('the query of $at asks for what is logged', ({ text }) => {
  const logged = globSync('{shared,functions,infra}/**/*.ts').map((path) => readFileSync(path, 'utf8'))
  for (const part of text.split(/\n?\| /)) {
    expect(part).toMatch(/^(fields|filter|sort|stats|limit) [^\n;]+$/)
    const message = /message = "([^"]+)"/.exec(part)?.[1]
    if (message !== undefined)
      expect(
        logged.some((source) => source.includes(`'${message}'`)),
        message,
      ).toBe(true)
  }
})

const SEQUENCE =
  /^(participant \w+ as [^;]+|\w+--?>>\w+: [^;]+|Note over \w+(,\w+)?: [^;]+|(alt|else|opt|loop|par|and) [^;]+|end)$/
const NODE = String.raw`\w+(\[[^\][(){}";]+\]|\{[^\][(){}";]+\}|\[".+"\])?`
const FLOW = new RegExp(String.raw`^${NODE}( (-->|-\.->)(\|[^|"(){}]+\|)? ${NODE})*$`)

test.each(named(blocksIn('mermaid')))('the drawing of $at can be drawn', ({ text }) => {
  const [kind = '', ...lines] = text.split('\n').map((line) => line.trim())
  expect(kind).toMatch(/^(sequenceDiagram|flowchart (TD|LR))$/)
  for (const line of lines) expect(line).toMatch(kind === 'sequenceDiagram' ? SEQUENCE : FLOW)
  const people = lines.flatMap((line) => /^participant (\w+)/.exec(line)?.[1] ?? [])
  for (const [, from = '', to = ''] of lines.join('\n').matchAll(/^(\w+)--?>>(\w+):/gm)) {
    if (kind === 'sequenceDiagram') expect(people).toEqual(expect.arrayContaining([from, to]))
  }
})
