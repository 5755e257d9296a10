// Update expressions with SET, REMOVE and ADD of numbers, compiled once to a function that makes a new item.
// @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
import { refuse } from '../aws-error.ts'
import { cached } from './cached.ts'
import type { Operand } from './condition.ts'
import { Cursor } from './cursor.ts'
import { sumOf } from './number.ts'
import { type Names, nameOf, type Path, type Scope, type Used, valueAt } from './scope.ts'
import type { AttributeValue, Item } from './value.ts'

interface Action {
  readonly path: Path
  /** What the path gets; `undefined` removes it. It sees the item as it was before the update. */
  readonly value: Operand
  /** Whether the value does not depend on the item. */
  readonly given?: boolean
}

export interface Update extends Used {
  readonly actions: readonly Action[]
}

/** @throws AwsError ValidationException */
export const updateOf = cached((member: string, expression: string): Update => {
  const cursor = new Cursor(member, expression)
  const actions: Action[] = []
  const seen = new Set<string>()
  while (cursor.peek() !== undefined) {
    const section = cursor.peek()?.toUpperCase() ?? ''
    const parse = SECTIONS[section]
    if (parse === undefined) return cursor.fail(`Syntax error; token: "${cursor.peek()}"`)
    if (seen.has(section))
      cursor.fail(`The "${section}" section can only be used once in an update expression;`)
    seen.add(section)
    cursor.expect(section)
    do actions.push(parse(cursor))
    while (cursor.take(','))
  }
  return { actions, names: cursor.names, values: cursor.values }
})

/**
 * A new item with the changes.
 * @throws AwsError ValidationException when a path or an operand does not fit the item
 */
export function updated({ actions }: Update, scope: Scope): Item {
  const { item, names } = scope
  const changed: Record<string, AttributeValue> = { ...item }
  for (const { path, value } of actions) {
    const [top, ...rest] = path
    const name = nameOf(top, names)
    const next = value(scope)
    if (rest.length > 0)
      changed[name] = changedInside(
        Object.hasOwn(changed, name) ? changed[name] : undefined,
        rest,
        next,
        names,
      )
    else if (next === undefined) delete changed[name]
    else changed[name] = next
  }
  return changed
}

/** The attributes that an update changes. */
export function changedAttributes({ actions }: Update, names: Names): readonly string[] {
  return actions.map(({ path: [top] }) => nameOf(top, names))
}

/** The values that the update's own input gives to attributes. */
export function assigned({ actions }: Update, scope: Scope): Item {
  const values = actions.flatMap(({ path, value, given }): [string, AttributeValue][] => {
    const next = given && path.length === 1 ? value(scope) : undefined
    return next ? [[nameOf(path[0], scope.names), next]] : []
  })
  return Object.fromEntries(values)
}

const SECTIONS: Readonly<Record<string, (cursor: Cursor) => Action>> = {
  SET: (cursor) => {
    const path = cursor.path()
    cursor.expect('=')
    const given = cursor.peek()?.startsWith(':') === true
    const from = cursor.at
    const value = required(sum(cursor))
    return { path, value, given: given && cursor.at === from + 1 }
  },
  REMOVE: (cursor) => {
    const path = cursor.path()
    if (typeof path.at(-1) === 'number') throw new Error('The simulation removes no members of lists')
    return { path, value: () => undefined }
  },
  ADD: (cursor) => {
    const path = cursor.path()
    const value = cursor.takeValue()
    if (value === undefined) return cursor.fail(`Syntax error; token: "${cursor.peek() ?? '<EOF>'}"`)
    return { path, value: (scope) => added(valueAt(path, scope), scope.values[value]) }
  },
}

function sum(cursor: Cursor): Operand {
  const first = operand(cursor)
  const sign = cursor.take('+') ? 1 : cursor.take('-') ? -1 : undefined
  if (sign === undefined) return first
  const second = operand(cursor)
  return (scope) => {
    const [one, other] = [required(first)(scope)?.N, required(second)(scope)?.N]
    if (one === undefined || other === undefined) return wrongOperand()
    return { N: sumOf(one, other, sign) }
  }
}

function operand(cursor: Cursor): Operand {
  const value = cursor.takeValue()
  if (value !== undefined) return ({ values }) => values[value]
  const name = cursor.takeFunction()
  if (name === undefined) {
    const path = cursor.path()
    return (scope) => valueAt(path, scope)
  }
  const first = operand(cursor)
  cursor.expect(',')
  const second = operand(cursor)
  cursor.expect(')')
  if (name === 'if_not_exists') return (scope) => first(scope) ?? second(scope)
  if (name !== 'list_append') return cursor.fail(`Invalid function name; function: ${name}`)
  return (scope) => {
    const [one, other] = [required(first)(scope)?.L, required(second)(scope)?.L]
    return one && other ? { L: [...one, ...other] } : wrongOperand()
  }
}

function required(value: Operand): Operand {
  return (scope) =>
    value(scope) ?? refuse('The provided expression refers to an attribute that does not exist in the item')
}

function added(to: AttributeValue | undefined, value: AttributeValue | undefined): AttributeValue {
  if (value?.N === undefined) {
    if (value?.SS ?? value?.NS ?? value?.BS) throw new Error('The simulation adds no members to sets')
    return refuse('Invalid UpdateExpression: Incorrect operand type for operator or function; operator: ADD')
  }
  if (to === undefined) return value
  return to.N === undefined ? wrongOperand() : { N: sumOf(to.N, value.N) }
}

function wrongOperand(): never {
  return refuse('An operand in the update expression has an incorrect data type')
}

/** A copy of a map or list with one member of it changed, however deep. */
function changedInside(
  container: AttributeValue | undefined,
  [step, ...rest]: readonly (string | number)[],
  value: AttributeValue | undefined,
  names: Names,
): AttributeValue {
  const inside = (member: AttributeValue | undefined) =>
    rest.length > 0 ? changedInside(member, rest, value, names) : value
  if (typeof step === 'number' && container?.L) {
    const list = [...container.L]
    const next = inside(list[step])
    if (next !== undefined) list[Math.min(step, list.length)] = next
    return { L: list }
  }
  if (typeof step === 'string' && container?.M) {
    const name = nameOf(step, names)
    const { [name]: former, ...others } = container.M
    const next = inside(Object.hasOwn(container.M, name) ? former : undefined)
    return { M: next === undefined ? others : { ...others, [name]: next } }
  }
  return refuse('The document path provided in the update expression is invalid for update')
}

/**
 * A path and a part of it cannot both change.
 * @throws AwsError ValidationException
 */
export function checkOverlap({ actions }: Update, names: Names): void {
  const tops = new Set(actions.map(({ path: [top] }) => nameOf(top, names)))
  if (tops.size === actions.length) return
  const paths = actions.map(({ path }) =>
    path.map((step) => (typeof step === 'number' ? `[${step}]` : nameOf(step, names))),
  )
  for (const [i, one] of paths.entries()) {
    for (const other of paths.slice(i + 1)) {
      const shared = Math.min(one.length, other.length)
      if (one.slice(0, shared).join('\0') === other.slice(0, shared).join('\0')) {
        refuse(
          'Invalid UpdateExpression: Two document paths overlap with each other; must remove or rewrite one of these ' +
            `paths; path one: [${one.join(', ')}], path two: [${other.join(', ')}]`,
        )
      }
    }
  }
}
