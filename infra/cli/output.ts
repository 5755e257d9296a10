// What a command prints. Results go to stdout: a table or a list of members for people, the API's JSON for scripts.
// Everything else, such as progress, goes to stderr. Tenants and end users choose names and ids, so control characters in
// them are escaped: they must not steer the operator's terminal.
import type { Json } from './json.ts'

/** A column: its heading, and its text for a row. */
export type Column = readonly [heading: string, of: (row: Json) => string]

export type ErrorStream = NodeJS.WritableStream & { readonly isTTY?: boolean }

export class Output {
  readonly #json: boolean
  readonly #out: NodeJS.WritableStream
  readonly #err: ErrorStream
  #progress = false

  constructor(json: boolean, out: NodeJS.WritableStream, err: ErrorStream) {
    this.#json = json
    this.#out = out
    this.#err = err
  }

  /** @param note printed instead of an empty table */
  table(answer: Json, columns: readonly Column[], note: string): void {
    const rows: readonly Json[] = answer.data
    if (this.#json) this.#print(jsonText(answer))
    else if (rows.length === 0) this.say(note)
    else this.#print(table(rows.map(printableJson), columns))
  }

  /** One object, member by member. */
  record(answer: Json, members: readonly Column[]): void {
    if (this.#json) {
      this.#print(jsonText(answer))
      return
    }
    const safe = printableJson(answer)
    const shown = members.map(([name, of]) => [name, of(safe)] as const).filter(([, text]) => text !== '')
    const width = Math.max(...shown.map(([name]) => name.length))
    this.#print(shown.map(([name, text]) => `${name.padEnd(width)}  ${indented(text, width + 2)}`).join('\n'))
  }

  /** One of many lines that come over time. With --json, it is a JSON object on one line. */
  line(answer: Json, text: string): void {
    this.#print(this.#json ? printable(JSON.stringify(answer)) : printable(text))
  }

  /** A message for people. With --json there is none. */
  say(message: string): void {
    this.endProgress()
    if (!this.#json) this.#err.write(`${printable(message)}\n`)
  }

  /** A line of progress. On a terminal, the next one replaces it. */
  progress(message: string): void {
    if (this.#json) return
    if (this.#err.isTTY) {
      this.#err.write(`\r\u001b[2K${message}`)
      this.#progress = true
    } else this.#err.write(`${message}\n`)
  }

  #print(text: string): void {
    this.endProgress()
    this.#out.write(`${text}\n`)
  }

  /** Ends the line of progress, so that the next output starts on a new line. */
  endProgress(): void {
    if (this.#progress) this.#err.write('\n')
    this.#progress = false
  }
}

/** Control characters, line separators and characters that change the direction of text. */
const CONTROLS = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu
const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

/** Escapes everything that a terminal would act on instead of showing it. The result is one line. */
export function printable(text: string): string {
  return text.replace(CONTROLS, escaped)
}

function printableJson(answer: Json): Json {
  return JSON.parse(JSON.stringify(answer), (_, value) =>
    typeof value === 'string' ? printable(value) : value,
  )
}

/** JSON.stringify escapes some control characters itself. The line feeds here are its own. */
function jsonText(answer: Json): string {
  return JSON.stringify(answer, null, 2).split('\n').map(printable).join('\n')
}

export function table(rows: readonly Json[], columns: readonly Column[]): string {
  const lines = [columns.map(([heading]) => heading), ...rows.map((row) => columns.map(([, of]) => of(row)))]
  const widths = columns.map((_, i) => Math.max(...lines.map((line) => (line[i] ?? '').length)))
  return lines
    .map((line) =>
      line
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function indented(text: string, by: number): string {
  return text.replaceAll('\n', `\n${' '.repeat(by)}`)
}

/** "2026-11-24 18:46 UTC"; empty without a value. */
export function time(value: string | undefined): string {
  return value === undefined ? '' : `${value.slice(0, 10)} ${value.slice(11, 16)} UTC`
}

const UNITS = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
  [1, 's'],
] as const

/** How long ago, in one unit: "3 min". */
export function age(value: string | undefined, now: number = Date.now()): string {
  if (value === undefined) return ''
  const seconds = Math.max(0, Math.round((now - Date.parse(value)) / 1000))
  const [size, unit] = UNITS.find(([size]) => seconds >= size * (size === 1 ? 0 : 2)) ?? [1, 's']
  return `${Math.floor(seconds / size)} ${unit}`
}
