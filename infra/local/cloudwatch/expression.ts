// CloudWatch's metric math, as far as our alarms use it, for one period: each metric is a number, or nothing if it has no
// data. An operation on nothing gives nothing, and FILL replaces nothing.

export type Value = number | undefined

const TOKENS = /\s*(>=|<=|[-+*/(),<>[\]]|\d+(?:\.\d+)?|[A-Za-z]\w*)/y

/** @throws Error for an expression that cannot be read */
export function evaluateExpression(expression: string, metrics: Readonly<Record<string, Value>>): Value {
  const reader = new Reader(expression, metrics)
  return reader.all()
}

class Reader {
  readonly #tokens: string[] = []
  readonly #metrics: Readonly<Record<string, Value>>
  readonly #expression: string

  constructor(expression: string, metrics: Readonly<Record<string, Value>>) {
    this.#metrics = metrics
    this.#expression = expression
    TOKENS.lastIndex = 0
    while (TOKENS.lastIndex < expression.trimEnd().length) {
      const [, token] = TOKENS.exec(expression) ?? []
      if (token === undefined) throw this.#unreadable()
      this.#tokens.push(token)
    }
  }

  all(): Value {
    const value = this.#comparison()
    if (this.#tokens.length > 0) throw this.#unreadable()
    return value
  }

  #comparison(): Value {
    const left = this.#terms()
    const operator = this.#tokens[0] ?? ''
    if (!['>', '<', '>=', '<='].includes(operator)) return left
    this.#tokens.shift()
    return apply(left, this.#terms(), operator)
  }

  #terms(): Value {
    return this.#chain(['+', '-'], () => this.#chain(['*', '/'], () => this.#factor()))
  }

  #chain(operators: readonly string[], part: () => Value): Value {
    let value = part()
    while (operators.includes(this.#tokens[0] ?? '')) {
      const operator = this.#tokens.shift() ?? ''
      value = apply(value, part(), operator)
    }
    return value
  }

  #factor(): Value {
    const token = this.#tokens.shift() ?? ''
    if (token === '(') {
      const value = this.#comparison()
      this.#expect(')')
      return value
    }
    if (/^\d/.test(token)) return Number(token)
    if (this.#tokens[0] === '(') return this.#call(token)
    if (token in this.#metrics) return this.#metrics[token]
    throw new Error(`"${token}" is no metric of ${this.#expression}`)
  }

  #call(name: string): Value {
    this.#expect('(')
    const values = this.#tokens[0] === '[' ? this.#list('[', ']') : undefined
    if (values !== undefined) this.#expect(')')
    const [first, second, third] = values ?? this.#list('', ')')
    switch (name) {
      case 'FILL':
        return first ?? second
      case 'IF':
        return first === undefined ? undefined : first > 0 ? second : third
      case 'MIN': {
        const known = (values ?? []).filter((value) => value !== undefined)
        return known.length === 0 ? undefined : Math.min(...known)
      }
      default:
        throw new Error(`"${name}" is no function that alarms use`)
    }
  }

  #list(open: string, close: string): Value[] {
    if (open !== '') this.#expect(open)
    const values = [this.#comparison()]
    while (this.#tokens[0] === ',') {
      this.#tokens.shift()
      values.push(this.#comparison())
    }
    this.#expect(close)
    return values
  }

  #expect(token: string): void {
    if (this.#tokens.shift() !== token) throw this.#unreadable()
  }

  #unreadable(): Error {
    return new Error(`Cannot read the metric math ${this.#expression}`)
  }
}

function apply(left: Value, right: Value, operator: string): Value {
  if (left === undefined || right === undefined) return undefined
  switch (operator) {
    case '+':
      return left + right
    case '-':
      return left - right
    case '*':
      return left * right
    case '/':
      return right === 0 ? undefined : left / right
    default:
      return Number(compareBy(operator, left, right))
  }
}

/** Compares as metric math and alarms do. */
export function compareBy(operator: string, left: number, right: number): boolean {
  switch (operator) {
    case '>':
    case 'GreaterThanThreshold':
      return left > right
    case '<':
    case 'LessThanThreshold':
      return left < right
    case '<=':
    case 'LessThanOrEqualToThreshold':
      return left <= right
    default:
      return left >= right
  }
}
