// Key conditions of a query: one partition, and a range of sort keys in it.
import { refuse } from '../aws-error.ts'
import { cached } from './cached.ts'
import { Cursor } from './cursor.ts'
import { type Names, nameOf, type Used } from './scope.ts'
import { type AttributeValue, compare, type Item } from './value.ts'

interface Part {
  readonly attribute: string
  readonly operator: string
  readonly operands: readonly string[]
}

export interface KeyCondition extends Used {
  readonly parts: readonly Part[]
}

/** The sort keys of a query, in the order of the index. */
export interface Range {
  readonly operator: string
  readonly operands: readonly AttributeValue[]
}

/** @throws AwsError ValidationException */
export const keyConditionOf = cached((member: string, expression: string): KeyCondition => {
  const cursor = new Cursor(member, expression)
  const parts = [part(cursor)]
  while (cursor.take('AND')) parts.push(part(cursor))
  cursor.end()
  return { parts, names: cursor.names, values: cursor.values }
})

const OPERATORS = ['=', '<', '<=', '>', '>='] as const

function part(cursor: Cursor): Part {
  if (cursor.take('(')) {
    const inner = part(cursor)
    cursor.expect(')')
    return inner
  }
  const name = cursor.takeFunction()
  if (name !== undefined) {
    if (name !== 'begins_with') cursor.fail(`Invalid function name; function: ${name}`)
    const attribute = attributeOf(cursor)
    cursor.expect(',')
    const operands = [value(cursor)]
    cursor.expect(')')
    return { attribute, operator: name, operands }
  }
  const attribute = attributeOf(cursor)
  if (cursor.take('BETWEEN')) {
    const low = value(cursor)
    cursor.expect('AND')
    return { attribute, operator: 'BETWEEN', operands: [low, value(cursor)] }
  }
  const operator = OPERATORS.find((one) => cursor.take(one))
  if (operator === undefined) return cursor.fail(`Syntax error; token: "${cursor.peek() ?? '<EOF>'}"`)
  return { attribute, operator, operands: [value(cursor)] }
}

function attributeOf(cursor: Cursor): string {
  const path = cursor.path()
  if (path.length > 1) cursor.fail('KeyConditionExpressions cannot have conditions on nested attributes')
  return path[0]
}

function value(cursor: Cursor): string {
  return cursor.takeValue() ?? cursor.fail(`Syntax error; token: "${cursor.peek() ?? '<EOF>'}"`)
}

/** @throws AwsError ValidationException when the condition does not fit the keys */
export function rangeOf(
  { parts }: KeyCondition,
  keys: { readonly partitionKey: string; readonly sortKey: string; readonly sortType: 'S' | 'N' },
  names: Names,
  values: Item,
): { readonly partition: string; readonly range: Range | undefined } {
  const [partitionPart, sortPart] = [keys.partitionKey, keys.sortKey].map((key) =>
    parts.filter(({ attribute }) => nameOf(attribute, names) === key),
  ) as [Part[], Part[]]
  if (partitionPart[0] === undefined)
    refuse(`Query condition missed key schema element: ${keys.partitionKey}`)
  if (partitionPart.length > 1 || sortPart.length > 1) {
    refuse('KeyConditionExpressions must only contain one condition per key')
  }
  if (parts.length > partitionPart.length + sortPart.length) {
    refuse(`Query condition missed key schema element: ${keys.sortKey}`)
  }
  const [{ operator, operands }] = partitionPart as [Part]
  if (operator !== '=') refuse('Query key condition not supported')
  const partition = values[operands[0] ?? '']?.S
  if (partition === undefined)
    refuse('One or more parameter values were invalid: Condition parameter type does not match schema type')
  if (partition === '') refuse(emptyKey(keys.partitionKey))
  const [sort] = sortPart
  if (sort === undefined) return { partition, range: undefined }
  const bounds = sort.operands.map((operand) => values[operand] ?? {})
  for (const bound of bounds) {
    if (bound[keys.sortType] === undefined || (sort.operator === 'begins_with' && keys.sortType === 'N')) {
      refuse('One or more parameter values were invalid: Condition parameter type does not match schema type')
    }
    if (bound.S === '') refuse(emptyKey(keys.sortKey))
  }
  const [low = {}, high = low] = bounds
  if ((compare(low, high) ?? 0) > 0) {
    refuse('The BETWEEN operator requires upper bound to be greater than or equal to lower bound')
  }
  return { partition, range: { operator: sort.operator, operands: bounds } }
}

function emptyKey(key: string): string {
  return (
    'One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ' +
    `string value. Key: ${key}`
  )
}
