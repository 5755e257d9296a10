// The alarms of the service as a whole. Those of each function are in service-function.ts. Every description says what the
// alarm means for people, and names its section of the runbook.
import { Duration } from 'aws-cdk-lib'
import {
  Alarm,
  type AlarmProps,
  ComparisonOperator,
  MathExpression,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch'
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import { FilterPattern, type LogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'
import { MANY_REFUSED } from '#domain/apps/app-health.ts'
import { AUDIT_UNWRITTEN } from '#domain/audit/trail.ts'
import { TOKENS_UNSTORED } from '#domain/tokens/commit-rotation.ts'
import type { Api } from './api.ts'
import type { DataStack } from './data-stack.ts'

export interface Watched {
  readonly api: Api
  readonly keepAlive: LambdaFunction
  readonly data: DataStack
  /** The log groups of all functions. */
  readonly logs: readonly LogGroup[]
}

const PERIOD = Duration.minutes(5)
const MINUTE = Duration.minutes(1)
const QUEUED = { statistic: 'Maximum', period: MINUTE }
const AT_LEAST = ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD

export function createAlarms(scope: Construct, { api, keepAlive, data, logs }: Watched): void {
  const alarm = (
    id: string,
    name: string,
    impact: string,
    props: Omit<AlarmProps, 'alarmDescription' | 'treatMissingData'> & Partial<AlarmProps>,
  ) =>
    new Alarm(scope, id, {
      alarmDescription: `${name}. Impact: ${impact} Runbook: docs/runbook.md#${name.replaceAll(' ', '-')}`,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      ...props,
    })

  /** How often a message was logged, by all functions together. */
  const logged = (metricName: string, message: string) => {
    const metric = { metricNamespace: 'FunnelConnect', metricName }
    for (const logGroup of logs) {
      // Named for the function, because a filter is replaced when its log group changes.
      new MetricFilter(scope, `${metricName}${logGroup.node.scope?.node.id}`, {
        logGroup,
        ...metric,
        filterPattern: FilterPattern.stringValue('$.message', '=', message),
        metricValue: '1',
      })
    }
    return new Metric({ namespace: metric.metricNamespace, metricName, statistic: 'Sum', period: PERIOD })
  }

  alarm(
    'ApiServerErrors',
    'api server-errors',
    'tenants get 5xx answers from API Gateway or from a function.',
    {
      metric: new Metric({
        namespace: 'AWS/ApiGateway',
        metricName: '5xx',
        dimensionsMap: { ApiId: api.http.apiId },
        statistic: 'Sum',
        period: PERIOD,
      }),
      threshold: 10,
      evaluationPeriods: 2,
      comparisonOperator: AT_LEAST,
    },
  )
  alarm(
    'KeepAliveSlow',
    'keep-alive slow',
    'a shard has more due connections than a run can process; tokens may expire before they are refreshed, and then the first call waits.',
    {
      metric: keepAlive.metricDuration({ statistic: 'Maximum', period: PERIOD }),
      threshold: Duration.seconds(60).toMilliseconds(),
      evaluationPeriods: 3,
      comparisonOperator: AT_LEAST,
    },
  )
  alarm(
    'KeepAliveStopped',
    'keep-alive stopped',
    'no connection is refreshed, probed or revoked in the background, and no error reports it.',
    {
      metric: keepAlive.metricInvocations({ statistic: 'Sum', period: PERIOD }),
      threshold: 1,
      evaluationPeriods: 3,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      // A function that is not invoked has no data.
      treatMissingData: TreatMissingData.BREACHING,
    },
  )
  alarm(
    'RotationsNotRecovered',
    'rotations not recovered',
    'rotated tokens could not be stored for hours; unless this is solved within 14 days, end users have to connect again.',
    {
      metric: data.recoveryDeadLetters.metricApproximateNumberOfMessagesVisible({
        statistic: 'Maximum',
        period: PERIOD,
      }),
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: AT_LEAST,
    },
  )
  alarm(
    'RecoveryDelayed',
    'recovery delayed',
    'new tokens wait in the recovery queue and no function takes them; calls that need them get 503.',
    {
      metric: data.recoveryQueue.metricApproximateAgeOfOldestMessage({
        statistic: 'Maximum',
        period: MINUTE,
      }),
      threshold: 120,
      evaluationPeriods: 2,
      comparisonOperator: AT_LEAST,
    },
  )
  alarm(
    'RecoveryFailing',
    'recovery failing',
    'new tokens cannot be stored again and again; calls that need them get 503, and after hours end users have to connect again.',
    {
      // SQS leaves messages that were delivered three times out of the age, so that one says nothing about these.
      metric: new MathExpression({
        expression: 'waiting + delivered',
        label: 'messages of the recovery queue',
        usingMetrics: {
          waiting: data.recoveryQueue.metricApproximateNumberOfMessagesVisible(QUEUED),
          delivered: data.recoveryQueue.metricApproximateNumberOfMessagesNotVisible(QUEUED),
        },
        period: MINUTE,
      }),
      threshold: 1,
      evaluationPeriods: 10,
      comparisonOperator: AT_LEAST,
    },
  )
  alarm(
    'ConnectionsRefused',
    'connections refused',
    'ClickFunnels refuses all connections of an app; callers get 409, and products ask end users to connect again.',
    {
      metric: logged('ConnectionsRefused', MANY_REFUSED),
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: AT_LEAST,
    },
  )
  alarm(
    'TokensUnstored',
    'tokens unstored',
    'new tokens of a connection are in a log line and perhaps in a process only; unless they are sent to the recovery queue, its end user may have to connect again.',
    {
      metric: logged('TokensUnstored', TOKENS_UNSTORED),
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: AT_LEAST,
    },
  )
  alarm(
    'AuditEventsUnwritten',
    'audit-events unwritten',
    "events are missing in tenants' audit trails; the functions' logs have them in full, for a month.",
    {
      metric: logged('AuditEventsUnwritten', AUDIT_UNWRITTEN),
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: AT_LEAST,
    },
  )
}
