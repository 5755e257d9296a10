// A Lambda function with the defaults of this service: runtime, architecture, tracing, a log group with a month's retention,
// a role that may write to that log and nothing else, and alarms that say what a failure means.
import { join } from 'node:path'
import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib'
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch'
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import {
  Architecture,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import type { FunctionName } from '#runtime/env.ts'

export interface ServiceFunctionProps {
  readonly name: FunctionName
  readonly environment: Readonly<Record<string, string>>
  readonly timeout: Duration
  /** Who is affected while this function fails, and how. The alarms say it. */
  readonly impact: string
  /** Folder of the bundles (bundle/bundle.ts). */
  readonly bundles: string
  /** How often a function runs whose schedule is rarer than the alarms' period. Two failed runs in a row raise its alarms. */
  readonly runsEvery?: Duration
  readonly memoryMb?: number
}

/** Lambda gives CPU in proportion to memory. By measurement 512 MB is the smallest size at which a start does not lack CPU. */
export const MEMORY_MB = 512

export class ServiceFunction extends Construct {
  readonly lambda: LambdaFunction
  readonly logGroup: LogGroup

  constructor(scope: Construct, id: string, props: ServiceFunctionProps) {
    super(scope, id)
    this.logGroup = new LogGroup(this, 'Log', {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    })
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') })
    this.logGroup.grantWrite(role)
    this.lambda = new LambdaFunction(this, 'Function', {
      description: `Funnel Connect: ${props.name}`,
      // Without the source maps (bundle/bundle.ts says how they are used).
      code: Code.fromAsset(join(props.bundles, props.name), { exclude: ['*.map'] }),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: props.memoryMb ?? MEMORY_MB,
      timeout: props.timeout,
      environment: { ...props.environment },
      tracing: Tracing.ACTIVE,
      logGroup: this.logGroup,
      loggingFormat: LoggingFormat.JSON,
      role,
    })
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason:
        'X-Ray takes trace segments for the resource "*" only (xray:PutTraceSegments, xray:PutTelemetryRecords).',
    })
    this.#alarms(props)
  }

  #alarms({ name, impact, runsEvery = Duration.minutes(5) }: ServiceFunctionProps): void {
    const alarm = (id: string, what: string, metric: 'metricErrors' | 'metricThrottles') =>
      new Alarm(this, id, {
        alarmDescription: `${name} ${what}. Impact: ${impact} Runbook: docs/runbook.md#${name}-${what}`,
        metric: this.lambda[metric]({ period: runsEvery }),
        threshold: 1,
        evaluationPeriods: 2,
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treatMissingData: TreatMissingData.NOT_BREACHING,
      })
    alarm('Errors', 'errors', 'metricErrors')
    alarm('Throttles', 'throttles', 'metricThrottles')
  }
}
