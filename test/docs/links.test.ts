// Nothing that the documentation points at is missing: links, anchors, files named in passing, npm scripts.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { sourcesIn } from '../support/import-graph.ts'
import { guides, type Page, pages } from './pages.ts'

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'))
const linksOf = ({ prose }: Page) => [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target)
const codeOf = ({ prose }: Page) => [...prose.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code)

test.each(pages)('every link of $path leads somewhere', (page) => {
  for (const link of linksOf(page)) {
    if (/^https:\/\//.test(link)) continue
    const [target = '', anchor] = link.split('#', 2)
    const path = target === '' ? page.path : join(dirname(page.path), target)
    expect(existsSync(path), link).toBe(true)
    if (anchor === undefined) continue
    expect([...(pages.find((other) => other.path === path)?.anchors ?? [])], link).toContain(anchor)
  }
})

test.each(guides)('every file and script that $path names is there', (page) => {
  for (const code of codeOf(page)) {
    const path = /^(bench|client|docs|functions|infra|shared|test)\/[\w./-]*$/.exec(code)?.[0]
    if (path !== undefined) expect(existsSync(path), code).toBe(true)
    const script = /^npm (?:run )?([\w:-]+)/.exec(code)?.[1]
    if (script !== undefined && !['audit', 'ci', 'install', 'pack'].includes(script)) {
      expect(Object.keys(scripts), code).toContain(script)
    }
  }
  for (const [path = ''] of page.prose.matchAll(/\bdocs\/[\w/-]+(\.md|\.json|\b)/g)) {
    const known = existsSync(path) || pages.some((other) => other.path.startsWith(`${path}-`))
    expect(known, path).toBe(true)
  }
})

test('every page can be found from the README', () => {
  const found = new Set(['README.md'])
  for (const path of found) {
    const page = pages.find((other) => other.path === path)
    for (const link of page ? linksOf(page) : []) {
      const target = link.split('#', 1)[0] ?? ''
      if (target.includes(':')) continue
      // A link to a folder shows what is in it.
      const to = join(dirname(path), target)
      for (const { path: under } of pages)
        if (under === to || (to.endsWith('/') && under.startsWith(to))) found.add(under)
    }
  }
  expect(pages.map(({ path }) => path).filter((path) => !found.has(path))).toEqual([])
})

test('the index of the decisions has a row for every record, with its number, title and file', () => {
  const { text } = pages.find(({ path }) => path === 'docs/adr/README.md') as Page
  const rows = [...text.matchAll(/^\| (\d+) +\| (\[.+\]\(.+\)) +\| \d{4}-\d\d-\d\d \|/gm)]
  const records = pages.filter(({ path }) => /^docs\/adr\/\d/.test(path))
  const expected = records.map((record) => {
    const [, number, title] = /^# (\d+)\. (.*)/.exec(record.text) ?? []
    return `${number} [${title}](${basename(record.path)})`
  })
  expect(rows.map(([, number, link]) => `${number} ${link}`)).toEqual(expected)
})

test('the README has at most 900 words beside its code', () => {
  const { prose } = guides.find(({ path }) => path === 'README.md') as Page
  expect(prose.split(/\s+/).length).toBeLessThanOrEqual(900)
})

test('CONTRIBUTING.md names every slice of the domain, in an order that imports keep', () => {
  const { prose } = guides.find(({ path }) => path === 'CONTRIBUTING.md') as Page
  const [, table = ''] = /^\| slice .*\n([\s\S]*?)\n\n/m.exec(prose) ?? []
  const slices = [...table.matchAll(/^\| `([a-z-]+)`/gm)].map(([, name = '']) => name)
  expect(slices.toSorted()).toEqual(readdirSync('shared/domain').filter((name) => !name.endsWith('.ts')))
  for (const { path, imports } of sourcesIn('shared/domain')) {
    const own = slices.indexOf(path.split('/')[2] ?? '')
    for (const target of imports) {
      expect(slices.indexOf(target.split('/')[2] ?? ''), `${path} imports ${target}`).toBeLessThanOrEqual(own)
    }
  }
})
