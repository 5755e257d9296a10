// What an expression is evaluated against: an item, and the names and values that the call gives for its placeholders
// (#name, :value).
import { refuse } from '../aws-error.ts'
import { type AttributeValue, acceptedValue, type Item } from './value.ts'

export type Names = Readonly<Record<string, string>>

export interface Scope {
  readonly item: Item
  readonly names: Names
  readonly values: Item
}

/** A path into a document: names, placeholders of names ("#name") and places in lists. */
export type Path = readonly [string, ...(string | number)[]]

/** What an expression uses; a placeholder that none uses is refused. */
export interface Used {
  readonly names: ReadonlySet<string>
  readonly values: ReadonlySet<string>
}

/** The members of a call that give its placeholders' names and values. */
export interface Placeholders {
  readonly ExpressionAttributeNames?: Names
  readonly ExpressionAttributeValues?: Item
}

export function nameOf(step: string, names: Names): string {
  return step.charCodeAt(0) === 35 ? (names[step] as string) : step
}

export function valueAt(path: Path, { item, names }: Scope): AttributeValue | undefined {
  let value = member(item, nameOf(path[0], names))
  for (let at = 1; at < path.length && value !== undefined; at++) {
    const step = path[at] as string | number
    value = typeof step === 'number' ? value.L?.[step] : value.M && member(value.M, nameOf(step, names))
  }
  return value
}

/** An attribute may be called "constructor". */
export function member(item: Item, name: string): AttributeValue | undefined {
  return Object.hasOwn(item, name) ? item[name] : undefined
}

const NO_NAMES: Names = {}
const NO_VALUES: Item = {}

/**
 * The names and values of an input, each of them used, and each that is used among them.
 * @throws AwsError ValidationException
 */
export function placeholdersOf(
  { ExpressionAttributeNames: names, ExpressionAttributeValues: values }: Placeholders,
  ...expressions: readonly (Used | undefined)[]
): { readonly names: Names; readonly values: Item } {
  checkMembers('ExpressionAttributeNames', names, expressions, 'names')
  checkMembers('ExpressionAttributeValues', values, expressions, 'values')
  const accepted =
    values && Object.fromEntries(Object.entries(values).map(([name, value]) => [name, acceptedValue(value)]))
  return { names: names ?? NO_NAMES, values: accepted ?? NO_VALUES }
}

function checkMembers(
  member: string,
  given: Readonly<Record<string, unknown>> | undefined,
  expressions: readonly (Used | undefined)[],
  kind: 'names' | 'values',
): void {
  if (given !== undefined) {
    const keys = Object.keys(given)
    if (keys.length === 0) refuse(`${member} must not be empty`)
    if (expressions.every((expression) => expression === undefined)) {
      refuse(`${member} can only be specified when using expressions`)
    }
    for (const key of keys) {
      if (!/^[#:]\w+$/.test(key)) refuse(`${member} contains invalid key: Syntax error; key: "${key}"`)
      if (!expressions.some((expression) => expression?.[kind].has(key))) {
        refuse(`Value provided in ${member} unused in expressions: keys: {${key}}`)
      }
    }
  }
  for (const expression of expressions) {
    for (const key of expression?.[kind] ?? []) {
      if (given === undefined || !Object.hasOwn(given, key)) {
        const what = kind === 'names' ? 'name used in the document path' : 'value used in expression'
        refuse(`Invalid expression: An expression attribute ${what} is not defined; attribute: ${key}`)
      }
    }
  }
}
