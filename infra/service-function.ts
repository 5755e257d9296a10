// A Lambda function with the defaults of this service: runtime, architecture, a log group with a month's retention,
// and a role that may write to that log and nothing else. What is wrong with it shows in the alarms of infra/monitoring/.
import { join } from 'node:path'
import { type Duration, RemovalPolicy, Validations } from 'aws-cdk-lib'
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
  /** Folder of the bundles (bundle/bundle.ts). */
  readonly bundles: string
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
  }
}
