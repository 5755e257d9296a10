// The dashboards of the template, and what their widgets show of some periods of metrics.
import { dimensionOf, textOf } from './alarms.ts'
import { evaluateExpression, type Value } from './expression.ts'
import type { Metrics, Properties, Resources } from './metrics.ts'

export interface Widget {
  readonly type: 'text' | 'metric' | 'log'
  /** In columns of 24, and rows. */
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly properties: Properties
}

export interface Dashboard {
  /** Without the name of the stack. */
  readonly name: string
  readonly widgets: readonly Widget[]
}

export interface Line {
  readonly label: string
  /** One value a period. */
  readonly values: readonly Value[]
}

interface Options {
  readonly label?: string
  readonly stat?: string
  readonly id?: string
  readonly visible?: boolean
  readonly expression?: string
}

const SEARCH = /^SEARCH\('\{([^,]+),(\w+)\} MetricName="(\w+)"', '(\w+)', \d+\)$/

export function dashboardsOf(stackName: string, resources: Resources): Dashboard[] {
  return Object.values(resources).flatMap(({ Type, Properties }) =>
    Type === 'AWS::CloudWatch::Dashboard'
      ? [
          {
            name: textOf(Properties.DashboardName).slice(stackName.length + 1),
            widgets: JSON.parse(textOf(Properties.DashboardBody)).widgets,
          },
        ]
      : [],
  )
}

/** The lines of a metric widget that have any data. */
export function linesOf({ properties }: Widget, periods: readonly Metrics[]): Line[] {
  const known: Record<string, readonly Value[]> = {}
  const lines: Line[] = []
  const expressions: Options[] = []
  for (const metric of properties.metrics) {
    const options: Options = typeof metric.at(-1) === 'object' ? metric.at(-1) : {}
    if (options.expression !== undefined) {
      expressions.push(options)
      continue
    }
    const [namespace, name, ...rest] = metric.filter((part: unknown) => typeof part === 'string')
    const dimensions: Record<string, string> = {}
    for (let at = 0; at < rest.length; at += 2) dimensions[rest[at]] = dimensionOf(rest[at + 1])
    const series = { namespace, name, dimensions }
    const values = periods.map((metrics) => metrics.statistic(series, options.stat ?? 'Average'))
    if (options.id !== undefined) known[options.id] = values
    if (options.visible !== false) lines.push({ label: options.label ?? name, values })
  }
  lines.push(...expressions.flatMap((options) => expressed(options, known, periods)))
  return lines.filter(({ values }) => values.some((value) => value !== undefined))
}

function expressed(
  { expression = '', label = '' }: Options,
  known: Readonly<Record<string, readonly Value[]>>,
  periods: readonly Metrics[],
): Line[] {
  const [, namespace, dimension = '', name, statistic = ''] = SEARCH.exec(expression) ?? []
  if (namespace !== undefined && name !== undefined) {
    const wanted = { namespace, name, dimension }
    const found = new Set(periods.flatMap((metrics) => metrics.dimensionValues(wanted)))
    return [...found].sort().map((value) => {
      const series = { namespace, name, dimensions: { [dimension]: value } }
      return { label: value, values: periods.map((metrics) => metrics.statistic(series, statistic)) }
    })
  }
  const used = Object.entries(known).filter(([id]) => new RegExp(`\\b${id}\\b`).test(expression))
  // An operation on nothing gives nothing. Expressions on what only AWS measures need not be understood here.
  if (used.some(([, values]) => values.every((value) => value === undefined))) return []
  const at = (index: number) => Object.fromEntries(used.map(([id, values]) => [id, values[index]]))
  return [{ label, values: periods.map((_, index) => evaluateExpression(expression, at(index))) }]
}
