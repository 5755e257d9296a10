// Makes the metric filters of log-metrics.ts, and hands out their metrics.
import { Duration, Stack } from 'aws-cdk-lib'
import { Metric, type MetricProps } from 'aws-cdk-lib/aws-cloudwatch'
import { type LogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'
import type { FunctionName } from '#runtime/env.ts'
import { pascalCase } from '../functions.ts'
import { LOG_METRICS, type LogMetric, type LogMetricName } from './log-metrics.ts'

export const PERIOD = Duration.minutes(5)

export type Logs = Readonly<Record<FunctionName | 'access', LogGroup>>

export class MetricFilters {
  readonly #namespace: string

  constructor(scope: Construct, logs: Logs) {
    // By the name of the stack, so that several stages in one account have metrics of their own.
    this.#namespace = Stack.of(scope).stackName
    for (const [name, metric] of Object.entries(LOG_METRICS) as [LogMetricName, LogMetric][]) {
      for (const log of metric.logs) {
        // Named for the function, because a filter is replaced when its log group changes.
        new MetricFilter(scope, `${name}${pascalCase(log)}`, {
          logGroup: logs[log],
          metricNamespace: this.#namespace,
          metricName: name,
          filterPattern: { logPatternString: metric.pattern },
          metricValue: metric.value,
          ...(metric.dimensions && { dimensions: { ...metric.dimensions } }),
        })
      }
    }
  }

  /** The sum of a metric in five minutes, unless said otherwise. */
  metric(metricName: LogMetricName, props: Partial<MetricProps> = {}): Metric {
    return new Metric({
      namespace: this.#namespace,
      metricName,
      statistic: 'Sum',
      period: PERIOD,
      label: metricName,
      ...props,
    })
  }

  /** How often functions logged an error with this message. */
  logged(message: string): Metric {
    return this.metric('LoggedErrors', { dimensionsMap: { message }, label: message })
  }

  /** Every series of a metric, for a graph. */
  all(metricName: LogMetricName, dimension: string): string {
    return `SEARCH('{${this.#namespace},${dimension}} MetricName="${metricName}"', 'Sum', ${PERIOD.toSeconds()})`
  }
}
