// The tokens of an expression, read from left to right. It notes the placeholders on the way, and refuses reserved words.
import { refuse } from '../aws-error.ts'
import { RESERVED_WORDS } from './reserved-words.ts'
import type { Path, Used } from './scope.ts'

const TOKEN = /\s*(?:(<=|>=|<>|[=<>(),.[\]+-])|([#:]?\w+))/y
const MAX_BYTES = 4096

export class Cursor implements Used {
  readonly names = new Set<string>()
  readonly values = new Set<string>()
  readonly #member: string
  readonly #tokens: readonly string[]
  #at = 0

  /** @param member the input member that holds the expression, for messages */
  constructor(member: string, expression: string) {
    this.#member = member
    if (expression.trim() === '') this.fail('The expression can not be empty;')
    if (Buffer.byteLength(expression) > MAX_BYTES)
      this.fail('Expression size has exceeded the maximum allowed size;')
    this.#tokens = this.#split(expression)
  }

  get at(): number {
    return this.#at
  }

  peek(): string | undefined {
    return this.#tokens[this.#at]
  }

  /** Takes the token if it is next. Words count in any case. */
  take(token: string): boolean {
    if (this.peek()?.toUpperCase() !== token) return false
    this.#at += 1
    return true
  }

  expect(token: string): void {
    if (!this.take(token)) this.#unexpected()
  }

  /** Takes the name of a function if a parenthesis follows it. */
  takeFunction(): string | undefined {
    const name = this.peek()
    if (name === undefined || this.#tokens[this.#at + 1] !== '(' || !/^\w/.test(name)) return undefined
    this.#at += 2
    return name
  }

  takeValue(): string | undefined {
    const token = this.peek()
    if (token?.startsWith(':') !== true) return undefined
    this.#at += 1
    this.values.add(token)
    return token
  }

  path(): Path {
    const path: [string, ...(string | number)[]] = [this.#name()]
    for (;;) {
      if (this.take('.')) path.push(this.#name())
      else if (this.take('[')) {
        path.push(this.#index())
        this.expect(']')
      } else return path
    }
  }

  end(): void {
    if (this.#at < this.#tokens.length) this.#unexpected()
  }

  fail(message: string): never {
    return refuse(`Invalid ${this.#member}: ${message}`)
  }

  #name(): string {
    const token = this.peek()
    if (token === undefined || !/^[#A-Za-z_]/.test(token)) return this.#unexpected()
    this.#at += 1
    if (token.startsWith('#')) this.names.add(token)
    else if (RESERVED_WORDS.has(token.toUpperCase())) {
      this.fail(`Attribute name is a reserved keyword; reserved keyword: ${token}`)
    }
    return token
  }

  #index(): number {
    const token = this.peek()
    if (token === undefined || !/^\d+$/.test(token)) return this.#unexpected()
    this.#at += 1
    return Number(token)
  }

  #split(expression: string): readonly string[] {
    const tokens: string[] = []
    TOKEN.lastIndex = 0
    const { length } = expression.trimEnd()
    while (TOKEN.lastIndex < length) {
      const found = TOKEN.exec(expression)
      if (found === null) this.fail('Syntax error; token: "<EOF>"')
      tokens.push((found[1] ?? found[2]) as string)
    }
    return tokens
  }

  #unexpected(): never {
    return this.fail(`Syntax error; token: "${this.peek() ?? '<EOF>'}"`)
  }
}
