// Metric math that several alarms share. A series without data counts as 0.
import type { Duration } from 'aws-cdk-lib'
import { type IMetric, MathExpression } from 'aws-cdk-lib/aws-cloudwatch'

type Terms = Readonly<Record<string, IMetric>>

/** "FILL(a, 0) + FILL(b, 0)" */
export function sumOf(terms: Terms): string {
  return Object.keys(terms)
    .map((id) => `FILL(${id}, 0)`)
    .join(' + ')
}

export function sum(label: string, period: Duration, terms: Terms): MathExpression {
  return new MathExpression({ label, period, expression: sumOf(terms), usingMetrics: { ...terms } })
}

/**
 * The percentage that some are of all. It is 0 where fewer than `least` are bad, so that a single failure at night, when few
 * call, wakes nobody.
 */
export function percentage(
  label: string,
  period: Duration,
  bad: Terms,
  all: Terms,
  least: number,
): MathExpression {
  const some = `(${sumOf(bad)})`
  return new MathExpression({
    label,
    period,
    expression: `IF(${some} >= ${least}, 100 * ${some} / (${sumOf(all)}), 0)`,
    usingMetrics: { ...bad, ...all },
  })
}
