// Filter patterns, metric math, dashboards and log queries as CloudWatch reads them, as far as our template uses them.
import { describe, expect, test } from 'vitest'
import { dashboardsOf, linesOf } from '../../infra/local/cloudwatch/dashboards.ts'
import { evaluateExpression } from '../../infra/local/cloudwatch/expression.ts'
import { compilePattern } from '../../infra/local/cloudwatch/filter-pattern.ts'
import { queryTable } from '../../infra/local/cloudwatch/insights.ts'
import { Metrics } from '../../infra/local/cloudwatch/metrics.ts'
import { drawDashboard } from '../../infra/local/cloudwatch/picture.ts'
import { service } from '../infra/synthesized.ts'

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

describe('the dashboards of the template', () => {
  const STACK = 'FunnelConnectService'
  const dashboards = dashboardsOf(STACK, service.Resources)
  const called = (members: object) => JSON.stringify({ message: 'Request', tenant: 'ten_1', ...members })
  const periods = [1, 2, 3].map((count) => {
    const metrics = new Metrics(service.Resources)
    for (let call = 0; call < count; call++)
      metrics.read('proxy', called({ class: 'ok', overhead_ms: call * 10 }))
    return metrics
  })
  periods[1]?.read('proxy', called({ class: 'limit' }))
  const widget = (title: string) => {
    const found = dashboards
      .flatMap(({ widgets }) => widgets)
      .find(({ properties }) => properties.title === title)
    if (found === undefined) throw new Error(`There is no widget "${title}"`)
    return found
  }

  test('are three, and every graph and table can be drawn', () => {
    expect(dashboards.map(({ name }) => name).sort()).toEqual(['keep-alive', 'service', 'tenants'])
    for (const dashboard of dashboards) {
      const picture = drawDashboard(dashboard, { periods, proxyLines: [] }, 'a < b')
      expect(picture).toContain('a &lt; b')
      for (const { properties } of dashboard.widgets) expect(picture).toContain(`>${properties.title ?? ''}`)
    }
  })

  test('show a line for each value that a search finds, with gaps where there is no data', () => {
    expect(linesOf(widget('By whose doing'), periods)).toEqual([
      { label: 'limit', values: [undefined, 1, undefined] },
      { label: 'ok', values: [1, 2, 3] },
    ])
  })

  test('show percentiles', () => {
    expect(linesOf(widget('Overhead of this service, ms'), periods)).toEqual([
      { label: 'p50', values: [0, 0, 10] },
      { label: 'p90', values: [0, 10, 20] },
      { label: 'p99', values: [0, 10, 20] },
    ])
  })

  test('leave out what nothing measured', () => {
    expect(linesOf(widget('Time to drain'), periods)).toEqual([])
  })
})

test('a query of the logs counts, adds up and sorts by tenant', () => {
  const query = `SOURCE 'x' | filter message in ["Request", "Request failed"] and ispresent(tenant) and class = "ok"
| stats count(*) as calls, sum(ms) / 1000 as seconds, pct(ms, 99) as most by tenant
| sort calls desc
| limit 1`
  const line = (tenant: string | undefined, ms: number, kind = 'ok') => ({
    message: 'Request',
    class: kind,
    ms,
    ...(tenant && { tenant }),
  })
  const lines = [line('a', 5), line('b', 500), line('b', 1500), line('b', 1, 'limit'), line(undefined, 1)]
  expect(queryTable(query, lines)).toEqual({
    columns: ['tenant', 'calls', 'seconds', 'most'],
    rows: [{ tenant: 'b', calls: 2, seconds: 2, most: 1500 }],
  })
  expect(() => queryTable('fields @timestamp', lines)).toThrow('has no')
})
