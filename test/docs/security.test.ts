// docs/security.md: every threat and every line of a standard names the tests that hold the answer, or says why none does.
import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { guides, type Page } from './pages.ts'

const { prose } = guides.find(({ path }) => path === 'docs/security.md') as Page

/** The cells of the rows of the table under a heading. */
function rowsUnder(heading: string): string[][] {
  const [, section = ''] =
    new RegExp(`^#+ ${heading}.*\\n([\\s\\S]*?)(?=^#|$(?![\\s\\S]))`, 'm').exec(prose) ?? []
  const rows = section.split('\n').filter((line) => line.startsWith('| '))
  return rows.slice(2).map((row) =>
    row
      .slice(1, -1)
      .split(' | ')
      .map((cell) => cell.trim()),
  )
}

const numbered = (prefix: string, last: number) =>
  Array.from({ length: last }, (_, index) => `${prefix}.${index + 1}`)

/** All lines of each standard. */
const STANDARDS: Readonly<Record<string, readonly string[]>> = {
  'OWASP ASVS 5.0': [2, 3, 5, 16, 5, 2, 3].flatMap((last, index) => numbered(`10.${index + 1}`, last)),
  'RFC 9700': [
    ...['2.1', '2.1.1', '2.1.2', '2.2.1', '2.2.2', '2.3', '2.4', '2.5', '2.6'],
    ...numbered('4', 17),
  ],
  'Update of RFC 9700': numbered('2', 3),
  'RFC 8725': numbered('3', 12),
}

function expectTests(held: string): void {
  const named = [...held.matchAll(/`(test\/[^`]+)`/g)].map(([, path = '']) => path)
  expect(named.length, held).toBeGreaterThan(0)
  for (const path of named) expect(existsSync(path), path).toBe(true)
}

test('every threat names the tests that hold the answer', () => {
  const rows = rowsUnder('Threats and answers')
  expect(rows.length).toBeGreaterThan(25)
  for (const [, , held = ''] of rows) expectTests(held)
})

test.each(Object.entries(STANDARDS))('%s is answered line by line', (heading, lines) => {
  expect([...new Set(rowsUnder(heading).map(([line]) => line))]).toEqual(lines)
})

test.each(Object.keys(STANDARDS))(
  'each line of %s names tests, or gives the reason why none holds it',
  (heading) => {
    for (const [line, , answer = '', held = ''] of rowsUnder(heading)) {
      if (held === 'not for us' || held === 'not met') expect(answer.length, line).toBeGreaterThan(20)
      else expectTests(held)
    }
  },
)
