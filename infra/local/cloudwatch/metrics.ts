// What the metric filters of the template make of log lines: data points, and their statistics over a period.
import { functionNameOf } from '../cloudformation/function-name.ts'
import type { Value } from './expression.ts'
import { compilePattern, select } from './filter-pattern.ts'
import { percentile } from './insights.ts'

// biome-ignore lint/suspicious/noExplicitAny: the shapes are CloudFormation's
export type Properties = any

export interface TemplateResource {
  readonly Type: string
  readonly Properties?: Properties
}

export type Resources = Readonly<Record<string, TemplateResource>>

/** The identity of a series: namespace, name and dimensions. */
export interface Series {
  readonly namespace: string
  readonly name: string
  readonly dimensions: Readonly<Record<string, string>>
}

export function seriesKey({ namespace, name, dimensions }: Series): string {
  return JSON.stringify([namespace, name, Object.entries(dimensions).sort()])
}

interface Filter {
  /** The function, or the logical id of another log group. */
  readonly log: string
  readonly name: string
  readonly namespace: string
  readonly matches: (line: unknown) => boolean
  readonly value: string
  readonly dimensions: readonly { readonly Key: string; readonly Value: string }[]
}

export class Metrics {
  readonly #filters: readonly Filter[]
  readonly #points = new Map<string, number[]>()

  constructor(resources: Resources) {
    const functions = functionsByLog(resources)
    this.#filters = Object.values(resources).flatMap(({ Type, Properties }) => {
      if (Type !== 'AWS::Logs::MetricFilter') return []
      const [{ MetricName, MetricNamespace, MetricValue, Dimensions = [] }] = Properties.MetricTransformations
      const group = String(Properties.LogGroupName.Ref)
      return {
        log: functions.get(group) ?? group,
        name: MetricName,
        namespace: MetricNamespace,
        matches: compilePattern(Properties.FilterPattern),
        value: MetricValue,
        dimensions: Dimensions,
      }
    })
  }

  /** Takes a line of a log. @returns the names of the metrics that it counts for */
  read(log: string, text: string): string[] {
    const line = parsed(text)
    if (line === undefined) return []
    const counted = this.#filters.filter((filter) => filter.log === log && filter.matches(line))
    for (const { namespace, name, value, dimensions } of counted) {
      const found = dimensions.map(({ Key, Value }) => [Key, select(line, Value)] as const)
      if (found.some(([, dimension]) => !['string', 'number'].includes(typeof dimension))) continue
      const number = value.startsWith('$') ? Number(select(line, value)) : Number(value)
      const ofLine = Object.fromEntries(found.map(([key, dimension]) => [key, String(dimension)]))
      this.put({ namespace, name, dimensions: ofLine }, number)
    }
    return counted.map(({ name }) => name)
  }

  put(series: Series, value: number): void {
    const key = seriesKey(series)
    this.#points.set(key, [...(this.#points.get(key) ?? []), value])
  }

  /** Takes over the data of another period. */
  add(other: Metrics): void {
    for (const [key, points] of other.#points)
      this.#points.set(key, [...(this.#points.get(key) ?? []), ...points])
  }

  /** All data is taken as that of one period. */
  statistic(series: Series, statistic: string): Value {
    const points = this.#points.get(seriesKey(series))
    if (points === undefined) return undefined
    if (statistic === 'Maximum') return Math.max(...points)
    const sum = points.reduce((all, point) => all + point, 0)
    if (statistic === 'Sum') return sum
    if (statistic === 'Average') return sum / points.length
    const share = /^p(\d+)$/.exec(statistic)?.[1]
    if (share !== undefined) return percentile(points, Number(share))
    throw new Error(`No alarm and no dashboard uses the statistic "${statistic}"`)
  }

  /** The values that a metric has of its only dimension. */
  dimensionValues(wanted: { readonly namespace: string; readonly name: string; readonly dimension: string }) {
    return [...this.#points.keys()].flatMap((key) => {
      const [namespace, name, dimensions] = JSON.parse(key) as [string, string, [string, string][]]
      const [[dimension, value] = ['', '']] = dimensions
      const isWanted = namespace === wanted.namespace && name === wanted.name
      return isWanted && dimensions.length === 1 && dimension === wanted.dimension ? [value] : []
    })
  }
}

function functionsByLog(resources: Resources): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(resources).flatMap(([id, { Type, Properties }]) =>
      Type === 'AWS::Lambda::Function'
        ? [[String(Properties.LoggingConfig.LogGroup.Ref), functionNameOf(id)]]
        : [],
    ),
  )
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
