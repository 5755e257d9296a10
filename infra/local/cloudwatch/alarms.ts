// Which alarms of the template would rise on the metrics of one period. It does not know how long a condition lasted: an
// alarm that waits for three of five periods counts as risen when one period is bad.
import { functionNameOf } from '../cloudformation/function-name.ts'
import { compareBy, evaluateExpression, type Value } from './expression.ts'
import type { Metrics, Properties, Resources, Series, TemplateResource } from './metrics.ts'

export interface AlarmState {
  /** Without the name of the stack. */
  readonly name: string
  readonly severity: 'page' | 'ticket' | undefined
  readonly risen: boolean
  /** Another alarm keeps it from notifying. */
  readonly silenced: boolean
  readonly value: Value
  /** How long the condition has to last. */
  readonly lasts: string
  /** It measures something that no log line says. */
  readonly byAws: boolean
}

interface Stat {
  readonly Metric: {
    readonly Namespace: string
    readonly MetricName: string
    readonly Dimensions?: readonly Dimension[]
  }
  readonly Stat: string
}
interface Dimension {
  readonly Name: string
  readonly Value: unknown
}

/** The state of every alarm that sends notifications. */
export function alarmStates(
  stackName: string,
  resources: Resources,
  metrics: Metrics,
  parameters: object,
): AlarmState[] {
  const alarms = Object.entries(resources).filter(([, { Type }]) =>
    /^AWS::CloudWatch::(Composite)?Alarm$/.test(Type),
  )
  const values = new Map<string, Value>()
  const risen = new Map<string, boolean>()
  for (const [id, { Type, Properties }] of alarms) {
    if (Type !== 'AWS::CloudWatch::Alarm') continue
    const value = measuredValue(Properties, metrics)
    values.set(id, value)
    risen.set(id, isBeyond(Properties, value, parameters))
  }
  for (const [id, { Type, Properties }] of alarms) {
    if (Type === 'AWS::CloudWatch::CompositeAlarm') risen.set(id, holds(textOf(Properties.AlarmRule), risen))
  }
  return alarms.flatMap(([id, resource]) => {
    const { Properties } = resource
    if (Properties.AlarmActions === undefined) return []
    const suppressor = referenced(textOf(Properties.ActionsSuppressor ?? ''))[0] ?? ''
    return {
      name: String(Properties.AlarmName).slice(stackName.length + 1),
      severity: /^\[(page|ticket)\]/.exec(textOf(Properties.AlarmDescription))?.[1] as AlarmState['severity'],
      risen: risen.get(id) ?? false,
      silenced: risen.get(suppressor) ?? false,
      value: values.get(id),
      lasts: lastingOf(resource, resources),
      byAws: isByAws(resource, resources),
    }
  })
}

/** The text of a value of the template; references are «logical ids». */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.map(textOf).join('')
  const {
    Ref,
    'Fn::Join': join,
    'Fn::GetAtt': attribute,
    'Fn::ImportValue': imported,
  } = value as Record<string, unknown>
  if (join !== undefined) return textOf((join as unknown[])[1])
  if (attribute !== undefined) return `«${(attribute as string[])[0]}»`
  return imported === undefined ? `«${Ref}»` : textOf(imported)
}

export function referenced(text: string): string[] {
  return [...text.matchAll(/«(\w+)»/g)].map(([, id = '']) => id)
}

function measuredValue(properties: Properties, metrics: Metrics): Value {
  if (properties.Metrics === undefined) {
    const { Namespace, MetricName, Dimensions, Statistic } = properties
    return metrics.statistic(
      seriesOf({ Metric: { Namespace, MetricName, Dimensions }, Stat: Statistic }),
      Statistic,
    )
  }
  const known: Record<string, Value> = {}
  for (const { Id, MetricStat } of properties.Metrics) {
    if (MetricStat !== undefined) known[Id] = metrics.statistic(seriesOf(MetricStat), MetricStat.Stat)
  }
  const { Expression, Id } = properties.Metrics.find(
    (one: { ReturnData?: boolean }) => one.ReturnData !== false,
  )
  return Expression === undefined ? known[Id] : evaluateExpression(Expression, known)
}

function seriesOf({ Metric: { Namespace, MetricName, Dimensions = [] } }: Stat): Series {
  const dimensions = Object.fromEntries(Dimensions.map((one) => [one.Name, dimensionOf(one.Value)]))
  return { namespace: Namespace, name: MetricName, dimensions }
}

/** A function by its name, a queue or a table by its logical id in the data stack. */
export function dimensionOf(value: unknown): string {
  const text = textOf(value)
  const imported = /ExportsOutput(?:FnGetAtt|Ref)([A-Za-z]+?)[0-9A-F]{8}/.exec(text)?.[1]
  if (imported !== undefined) return imported
  return text.startsWith('«') ? functionNameOf(text.slice(1, -1)) : text
}

function isBeyond(
  { TreatMissingData, ComparisonOperator, Threshold }: Properties,
  value: Value,
  parameters: object,
): boolean {
  if (value === undefined) return TreatMissingData === 'breaching'
  const threshold =
    typeof Threshold === 'number' ? Threshold : (parameters as Record<string, number>)[Threshold.Ref]
  return compareBy(ComparisonOperator, value, Number(threshold))
}

function holds(rule: string, risen: ReadonlyMap<string, boolean>): boolean {
  const states = referenced(rule).map((id) => risen.get(id) ?? false)
  return rule.includes(' AND ') ? states.every(Boolean) : states.some(Boolean)
}

function conditionsOf({ Type, Properties }: TemplateResource, resources: Resources): TemplateResource[] {
  if (Type === 'AWS::CloudWatch::Alarm') return [{ Type, Properties }]
  return referenced(textOf(Properties.AlarmRule)).flatMap((id) => resources[id] ?? [])
}

function lastingOf(resource: TemplateResource, resources: Resources): string {
  const each = conditionsOf(resource, resources).map(({ Properties }) => {
    const { EvaluationPeriods: of, DatapointsToAlarm: bad = of } = Properties
    const seconds = Properties.Period ?? periodOf(Properties.Metrics)
    return `${bad} of ${of} × ${seconds < 3600 ? `${seconds / 60} min` : `${seconds / 3600} h`}`
  })
  return [...new Set(each)].join(' and ')
}

function periodOf(metrics: readonly { readonly MetricStat?: { readonly Period: number } }[]): number {
  return metrics.find(({ MetricStat }) => MetricStat !== undefined)?.MetricStat?.Period ?? 0
}

function isByAws(resource: TemplateResource, resources: Resources): boolean {
  const namespaces = conditionsOf(resource, resources).flatMap(({ Properties }) => [
    ...(Properties.Namespace === undefined ? [] : [String(Properties.Namespace)]),
    ...(Properties.Metrics ?? []).flatMap(({ MetricStat }: { MetricStat?: Stat }) =>
      MetricStat === undefined ? [] : [MetricStat.Metric.Namespace],
    ),
  ])
  return namespaces.every((namespace) => namespace.startsWith('AWS/'))
}
