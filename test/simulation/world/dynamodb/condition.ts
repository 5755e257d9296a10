// Condition and filter expressions, compiled once to a function of an item.
// @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
import { cached } from './cached.ts'
import { Cursor } from './cursor.ts'
import { type Scope, type Used, valueAt } from './scope.ts'
import { type AttributeValue, compare, equal, sizeOf, typeOf } from './value.ts'

export type Test = (scope: Scope) => boolean
export type Operand = (scope: Scope) => AttributeValue | undefined

export interface Condition extends Used {
  readonly test: Test
  /** The attributes at the start of its paths: names or placeholders. */
  readonly attributes: ReadonlySet<string>
}

/** @throws AwsError ValidationException */
export const conditionOf = cached((member: string, expression: string): Condition => {
  const parser = new Parser(member, expression)
  const test = parser.either()
  parser.cursor.end()
  return { test, names: parser.cursor.names, values: parser.cursor.values, attributes: parser.attributes }
})

type Comparison = (one: AttributeValue | undefined, other: AttributeValue | undefined) => boolean
const ordered =
  (holds: (order: number) => boolean): Comparison =>
  (one, other) => {
    const order = one && other && compare(one, other)
    return order !== undefined && holds(order)
  }
const COMPARISONS: Readonly<Record<string, Comparison>> = {
  '=': (one, other) => one !== undefined && other !== undefined && equal(one, other),
  '<>': (one, other) => one === undefined || other === undefined || !equal(one, other),
  '<': ordered((order) => order < 0),
  '<=': ordered((order) => order <= 0),
  '>': ordered((order) => order > 0),
  '>=': ordered((order) => order >= 0),
}

class Parser {
  readonly cursor: Cursor
  readonly attributes = new Set<string>()
  /** Where each parenthesis that was opened has ended. */
  readonly #closed = new Map<number, number>()

  constructor(member: string, expression: string) {
    this.cursor = new Cursor(member, expression)
  }

  either(): Test {
    const tests = [this.#all()]
    while (this.cursor.take('OR')) tests.push(this.#all())
    const [first] = tests as [Test]
    return tests.length === 1 ? first : (scope) => tests.some((test) => test(scope))
  }

  #all(): Test {
    const tests = [this.#one()]
    while (this.cursor.take('AND')) tests.push(this.#one())
    const [first] = tests as [Test]
    return tests.length === 1 ? first : (scope) => tests.every((test) => test(scope))
  }

  #one(): Test {
    if (this.cursor.take('NOT')) {
      const test = this.#one()
      return (scope) => !test(scope)
    }
    if (this.cursor.peek() === '(') return this.#parenthesis()
    const name = this.cursor.peek()
    if (name !== 'size') {
      const called = this.cursor.takeFunction()
      if (called !== undefined) return this.#function(called)
    }
    return this.#comparison()
  }

  #parenthesis(): Test {
    const opened = this.cursor.at
    this.cursor.expect('(')
    const test = this.either()
    if (this.#closed.get(opened + 1) === this.cursor.at) {
      this.cursor.fail('The expression has redundant parentheses;')
    }
    this.cursor.expect(')')
    this.#closed.set(opened, this.cursor.at)
    return test
  }

  #function(name: string): Test {
    const operands = [this.#operand()]
    while (this.cursor.take(',')) operands.push(this.#operand())
    this.cursor.expect(')')
    const [first, second] = operands as [Operand, Operand?]
    if (operands.length !== (name.startsWith('attribute_') && name !== 'attribute_type' ? 1 : 2)) {
      this.cursor.fail(`Incorrect number of operands for operator or function; operator or function: ${name}`)
    }
    if (name === 'attribute_exists') return (scope) => first(scope) !== undefined
    if (name === 'attribute_not_exists') return (scope) => first(scope) === undefined
    const test = FUNCTIONS[name]
    if (test === undefined || second === undefined) {
      return this.cursor.fail(`Invalid function name; function: ${name}`)
    }
    return (scope) => test(first(scope), second(scope))
  }

  #comparison(): Test {
    const left = this.#operand()
    if (this.cursor.take('BETWEEN')) {
      const low = this.#operand()
      this.cursor.expect('AND')
      const high = this.#operand()
      const [least, most] = [COMPARISONS['>='] as Comparison, COMPARISONS['<='] as Comparison]
      return (scope) => least(left(scope), low(scope)) && most(left(scope), high(scope))
    }
    if (this.cursor.take('IN')) {
      this.cursor.expect('(')
      const choices = [this.#operand()]
      while (this.cursor.take(',')) choices.push(this.#operand())
      this.cursor.expect(')')
      const same = COMPARISONS['='] as Comparison
      return (scope) => choices.some((choice) => same(left(scope), choice(scope)))
    }
    const operator = this.cursor.peek() ?? '<EOF>'
    const holds = COMPARISONS[operator]
    if (holds === undefined) return this.cursor.fail(`Syntax error; token: "${operator}"`)
    this.cursor.expect(operator)
    const right = this.#operand()
    return (scope) => holds(left(scope), right(scope))
  }

  #operand(): Operand {
    const value = this.cursor.takeValue()
    if (value !== undefined) return ({ values }) => values[value]
    if (this.cursor.peek() === 'size' && this.cursor.takeFunction()) {
      const measured = this.#operand()
      this.cursor.expect(')')
      return (scope) => lengthOf(measured(scope))
    }
    const path = this.cursor.path()
    this.attributes.add(path[0])
    return (scope) => valueAt(path, scope)
  }
}

const FUNCTIONS: Readonly<Record<string, Comparison>> = {
  begins_with: (one, start) => {
    if (one?.S !== undefined && start?.S !== undefined) return one.S.startsWith(start.S)
    if (one?.B === undefined || start?.B === undefined) return false
    const [bytes, prefix] = [Buffer.from(one.B, 'base64'), Buffer.from(start.B, 'base64')]
    return bytes.subarray(0, prefix.length).equals(prefix)
  },
  contains: (one, part) => {
    if (one === undefined || part === undefined) return false
    if (one.S !== undefined) return part.S !== undefined && one.S.includes(part.S)
    if (one.L !== undefined) return one.L.some((member) => equal(member, part))
    return [
      one.SS?.includes(part.S ?? ''),
      one.NS?.includes(part.N ?? ''),
      one.BS?.includes(part.B ?? ''),
    ].includes(true)
  },
  attribute_type: (one, type) => one !== undefined && typeOf(one) === type?.S,
}

/** Of texts and bytes the length, of lists, maps and sets the number of members. */
function lengthOf(value: AttributeValue | undefined): AttributeValue | undefined {
  if (value === undefined || value.N !== undefined || value.BOOL !== undefined || value.NULL !== undefined) {
    return undefined
  }
  const members = value.L ?? value.SS ?? value.NS ?? value.BS ?? (value.M && Object.keys(value.M))
  return { N: String(members ? members.length : sizeOf(value)) }
}
