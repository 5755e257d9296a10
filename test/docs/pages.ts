// The documentation as tests read it: pages, their headings, and every fenced block with what the page says about it.
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Block {
  readonly page: string
  /** Of the opening fence. */
  readonly line: number
  readonly language: string
  readonly text: string
  /** What the comment above the block says: `<!-- run by: test -->`, `<!-- types only: reason -->`, `<!-- file: name -->`, `<!-- snippet: name -->`. */
  readonly directive?: { readonly kind: Directive; readonly text: string }
}

export interface Page {
  readonly path: string
  readonly text: string
  /** The text without its fenced blocks. */
  readonly prose: string
  readonly blocks: readonly Block[]
  /** Anchors of the headings, as forges make them. */
  readonly anchors: ReadonlySet<string>
}

const DIRECTIVES = ['run by', 'types only', 'file', 'snippet'] as const
export type Directive = (typeof DIRECTIVES)[number]

/** Pages that lead through the product. Decision records are read for their links only: they keep what once was. */
export const guides: readonly Page[] = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  ...globSync('docs/*.md').sort(),
  'client/README.md',
]
  .filter((path) => existsSync(path))
  .map(readPage)

export const pages: readonly Page[] = [...guides, ...globSync('docs/adr/*.md').sort().map(readPage)]

export function blocksIn(...languages: string[]): Block[] {
  return guides.flatMap(({ blocks }) => blocks).filter(({ language }) => languages.includes(language))
}

export const placeOf = ({ page, line }: Block): string => `${page}:${line}`

function readPage(path: string): Page {
  const text = readFileSync(join(import.meta.dirname, '../..', path), 'utf8')
  const blocks: Block[] = []
  const prose: string[] = []
  let open: { indent: number; fence: string; language: string; line: number; lines: string[] } | undefined
  for (const [index, line] of text.split('\n').entries()) {
    const [, indent = '', fence = '', language = ''] = /^( *)(`{3,})(\S*)/.exec(line) ?? []
    if (open === undefined && fence !== '') {
      open = { indent: indent.length, fence, language, line: index + 1, lines: [] }
    } else if (open !== undefined && line.trim() === open.fence) {
      const directive = directiveIn(prose.findLast((earlier) => earlier.trim() !== ''))
      const { language, line, lines } = open
      blocks.push({ page: path, line, language, text: lines.join('\n'), ...(directive && { directive }) })
      open = undefined
    } else if (open !== undefined) open.lines.push(line.slice(open.indent))
    else prose.push(line)
  }
  if (open !== undefined) throw new Error(`${path}:${open.line}: the block is never closed`)
  const headings = prose.flatMap((line) => /^#+ +(.*)$/.exec(line)?.[1] ?? [])
  return { path, text, prose: prose.join('\n'), blocks, anchors: new Set(headings.map(anchorOf)) }
}

function directiveIn(line: string | undefined): Block['directive'] {
  const [, kind = '', text = ''] = /^ *<!-- ([a-z ]+): (.*) -->$/.exec(line ?? '') ?? []
  const known = DIRECTIVES.find((directive) => directive === kind)
  return known && { kind: known, text }
}

function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{Letter}\p{Number}_ -]/gu, '')
    .replaceAll(' ', '-')
}
