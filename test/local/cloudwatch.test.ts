// Filter patterns and metric math as CloudWatch reads them, as far as our template uses them.
import { describe, expect, test } from 'vitest'
import { evaluateExpression } from '../../infra/local/cloudwatch/expression.ts'
import { compilePattern } from '../../infra/local/cloudwatch/filter-pattern.ts'

describe('a filter pattern', () => {
  test.each<[string, object, boolean]>([
    ['{ $.a = "x" }', { a: 'x' }, true],
    ['{ $.a = "x" }', { a: 'xx' }, false],
    ['{ $.a = "x*" }', { a: 'xx' }, true],
    ['{ $.a = "*" }', { a: '' }, true],
    ['{ $.a = "*" }', { a: {} }, false],
    ['{ $.a = "*" }', {}, false],
    ['{ $.a != "-" }', { a: 'x' }, true],
    ['{ $.a != "-" }', { a: '-' }, false],
    ['{ $.a = * }', { a: 0 }, true],
    ['{ $.a = * }', { b: 0 }, false],
    ['{ $.a > 100 }', { a: 101 }, true],
    ['{ $.a > 100 }', { a: 100 }, false],
    ['{ $.a > 100 }', { a: '101' }, false],
    ['{ $.a.b = "x" }', { a: { b: 'x' } }, true],
    ['{ $.a.b = "x" }', { a: 'x' }, false],
    ['{ $.a NOT EXISTS }', {}, true],
    ['{ $.a NOT EXISTS }', { a: 1 }, false],
    ['{ $.a = "x" && $.b = "y" }', { a: 'x', b: 'z' }, false],
    ['{ $.a = "x" || $.b = "y" }', { a: 'z', b: 'y' }, true],
    ['{ ($.a = "x" || $.a = "y") && $.b NOT EXISTS }', { a: 'y' }, true],
    ['{ ($.a = "x" || $.a = "y") && $.b NOT EXISTS }', { a: 'y', b: 1 }, false],
    [
      `{ $.a = "ClickFunnels refuses the app's credentials" }`,
      { a: "ClickFunnels refuses the app's credentials" },
      true,
    ],
  ])('%s of %j: %s', (pattern, line, expected) => {
    expect(compilePattern(pattern)(line)).toBe(expected)
  })

  test.each(['$.a = 1', '{ $.a }', '{ $.a = "x" ', '{ $.a ~ 1 }', '{ a = 1 }', '{ $.a = 1 } }'])(
    '%s is refused',
    (pattern) => {
      expect(() => compilePattern(pattern)).toThrow(/pattern|selector/)
    },
  )
})

describe('metric math', () => {
  test.each<[string, number | undefined]>([
    ['a + b', 5],
    ['100 * a / (a + b)', 40],
    ['a + none', undefined],
    ['FILL(none, 0) + a', 2],
    ['MIN([FILL(none, 0), a])', 0],
    ['MIN([a, b])', 2],
    ['IF((FILL(a, 0) + FILL(none, 0)) >= 3, 1, 0)', 0],
    ['IF((FILL(a, 0) + FILL(b, 0)) >= 3, 100 * (FILL(a, 0)) / (FILL(b, 0)), 0)', 200 / 3],
    ['a / zero', undefined],
  ])('%s is %s', (expression, expected) => {
    expect(evaluateExpression(expression, { a: 2, b: 3, none: undefined, zero: 0 })).toBe(expected)
  })

  test.each(['a +', 'SEARCH(a)', 'c', 'a b'])('%s is refused', (expression) => {
    expect(() => evaluateExpression(expression, { a: 1, b: 2 })).toThrow(/metric|function/)
  })
})
