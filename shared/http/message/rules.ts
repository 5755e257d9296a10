// How a broken rule of a schema reads after the name of the field: `"name" must not be empty`. In place of zod's own texts.
import type * as z from 'zod/mini'

type Issue = Parameters<z.core.$ZodErrorMap>[0]

const TYPES: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'an array',
  object: 'an object',
}

/** What can be counted, by the type that it is counted in. */
const UNITS: Readonly<Record<string, string>> = { string: 'character', array: 'item' }

export function ruleOf(issue: Issue): string {
  // What is left out breaks every rule.
  if (issue.input === undefined) return 'is required'
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${TYPES[issue.expected] ?? issue.expected}`
    case 'invalid_value': {
      const values = issue.values.map((value) => JSON.stringify(value))
      return values.length === 1 ? `must be ${values[0]}` : `must be one of ${values.join(', ')}`
    }
    case 'too_small':
      return issue.origin === 'string' && issue.minimum === 1
        ? 'must not be empty'
        : bound('at least', issue.origin, issue.minimum)
    case 'too_big':
      return bound('at most', issue.origin, issue.maximum)
    default:
      return 'is not valid'
  }
}

function bound(which: string, origin: string, limit: number | bigint): string {
  const unit = UNITS[origin]
  if (unit === undefined) return `must be ${which} ${limit}`
  return `must have ${which} ${limit} ${unit}${limit === 1 ? '' : 's'}`
}
