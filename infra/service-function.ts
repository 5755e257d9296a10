// A Lambda function with our defaults: runtime, architecture, tracing, a log group that ends, a role of its own that may
// write to that log and nothing else, an alarm that says what a failure means.
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
  /** Who is hurt, and how, while this function fails; goes into the alarm. */
  readonly impact: string
  /** Folder of the bundles (bundle/bundle.ts). */
  readonly bundles: string
  /** Of a function that runs rarely: two runs in a row that fail raise the alarm, not two within ten minutes. */
  readonly runsEvery?: Duration
}

/** 512 MB is the smallest size at which start-up is not starved of CPU (measured). */
const MEMORY_MB = 512

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
      memorySize: MEMORY_MB,
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
