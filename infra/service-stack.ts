// Everything that can be made anew: the HTTP API, the functions, the schedules, the alarms.
import { CfnOutput, CfnParameter, Duration, Stack, type StackProps } from 'aws-cdk-lib'
import { Alarm, ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch'
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb'
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { Key } from 'aws-cdk-lib/aws-kms'
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler'
import type { Construct } from 'constructs'
import { DUE_SHARDS } from '#adapters/table.ts'
import { Api } from './api.ts'
import { createFunctions, type Functions } from './functions.ts'

export interface ServiceStackProps extends StackProps {
  readonly table: TableV2
  readonly tableKey: Key
  readonly rootKey: Key
  /** Folder for the bundles. */
  readonly bundles: string
}

export class ServiceStack extends Stack {
  readonly functions: Functions

  constructor(scope: Construct, id: string, props: ServiceStackProps) {
    super(scope, id, props)
    const api = new Api(this, 'Api')
    const store = {
      TABLE_NAME: props.table.tableName,
      PUBLIC_URL: api.url,
      ROOT_KEY_ARN: props.rootKey.keyArn,
    }
    const full = { ...store, ...this.#providerSettings() }
    this.functions = createFunctions(
      this,
      props,
      {
        'connect-sessions': full,
        authorize: full,
        callback: full,
        connections: full,
        proxy: full,
        'keep-alive': full,
        tenants: store,
        service: { PUBLIC_URL: api.url },
      },
      props.bundles,
    )
    api.serve(this.functions)
    this.#schedules()
    this.#alarms(api)
    new CfnOutput(this, 'ApiUrl', { value: api.url, description: 'Where the API is' })
  }

  /** Parameters rather than context: a deployment changes its provider without being synthesized anew. */
  #providerSettings() {
    const parameter = (name: string, description: string, defaultValue = '', allowedValues?: string[]) =>
      new CfnParameter(this, name, {
        description,
        default: defaultValue,
        ...(allowedValues && { allowedValues }),
      }).valueAsString
    return {
      CLICKFUNNELS_PROFILE: parameter('ClickFunnelsProfile', 'Where ClickFunnels is', 'clickfunnels', [
        'clickfunnels',
        'seed',
        'custom',
      ]) as 'clickfunnels',
      CLICKFUNNELS_ACCOUNTS_URL: parameter(
        'ClickFunnelsAccountsUrl',
        'Profile "custom": origin of the accounts host',
      ),
      CLICKFUNNELS_API_URL: parameter(
        'ClickFunnelsApiUrl',
        'Profile "custom": base of the API; may hold {subdomain}',
      ),
      CLICKFUNNELS_WORKSPACE_HOSTS: parameter(
        'ClickFunnelsWorkspaceHosts',
        'Profile "custom": comma separated hosts that a workspace may have, such as *.example.com',
      ),
    }
  }

  /** One a minute for each shard of the due index. A run that fails is not repeated: the next one finds the same work. */
  #schedules(): void {
    const { lambda } = this.functions['keep-alive']
    // The scheduler invokes asynchronously: without this, Lambda itself would repeat a failed run twice.
    lambda.configureAsyncInvoke({ retryAttempts: 0 })
    const role = new Role(this, 'ScheduleRole', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
      }),
    })
    role.addToPolicy(
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [lambda.functionArn] }),
    )
    for (let shard = 0; shard < DUE_SHARDS; shard++) {
      new CfnSchedule(this, `KeepAliveShard${shard}`, {
        description: `Funnel Connect: refreshes and probes what is due in shard ${shard}`,
        scheduleExpression: 'rate(1 minute)',
        flexibleTimeWindow: { mode: 'OFF' },
        target: {
          arn: lambda.functionArn,
          roleArn: role.roleArn,
          input: JSON.stringify({ shard }),
          retryPolicy: { maximumRetryAttempts: 0 },
        },
      })
    }
  }

  #alarms(api: Api): void {
    new Alarm(this, 'ApiServerErrors', {
      alarmDescription:
        'api server-errors. Impact: tenants get 5xx answers of API Gateway or of ours. Runbook: docs/runbook.md#api-server-errors',
      metric: new Metric({
        namespace: 'AWS/ApiGateway',
        metricName: '5xx',
        dimensionsMap: { ApiId: api.http.apiId },
        statistic: 'Sum',
        period: Duration.minutes(5),
      }),
      threshold: 10,
      evaluationPeriods: 2,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    })
    const { lambda } = this.functions['keep-alive']
    new Alarm(this, 'KeepAliveSlow', {
      alarmDescription:
        'keep-alive slow. Impact: a shard has more due than a run can do; tokens may expire before they are refreshed, and the first call then waits. Runbook: docs/runbook.md#keep-alive-slow',
      metric: lambda.metricDuration({ statistic: 'Maximum', period: Duration.minutes(5) }),
      threshold: Duration.seconds(60).toMilliseconds(),
      evaluationPeriods: 3,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    })
    new Alarm(this, 'KeepAliveStopped', {
      alarmDescription:
        'keep-alive stopped. Impact: nothing is refreshed, probed or revoked in the background, and no error says so. Runbook: docs/runbook.md#keep-alive-stopped',
      metric: lambda.metricInvocations({ statistic: 'Sum', period: Duration.minutes(5) }),
      threshold: 1,
      evaluationPeriods: 3,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      // A function that is not invoked has no data at all.
      treatMissingData: TreatMissingData.BREACHING,
    })
  }
}
