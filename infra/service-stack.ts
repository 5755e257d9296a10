// The resources without data: the HTTP API, the functions, what invokes them, and the alarms.
import { CfnOutput, CfnParameter, Duration, Stack, type StackProps } from 'aws-cdk-lib'
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources'
import { CfnSchedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler'
import type { Construct } from 'constructs'
import { DUE_PARTITIONS } from '#domain/keep-alive/due.ts'
import { FUNCTION_NAMES, type FunctionName } from '#runtime/env.ts'
import { Api } from './api.ts'
import type { DataStack } from './data-stack.ts'
import { publishFromStream } from './event-stream.ts'
import { createFunctions, type Functions, pascalCase } from './functions.ts'
import { lazyRefresh, reserveConcurrency, sealedExport, switchTracing } from './isolation.ts'
import { createMonitoring } from './monitoring/monitoring.ts'
import { PERMISSIONS } from './permissions.ts'
import { providerParameters } from './provider-parameters.ts'
import { createSenderQueue, sendFromQueue } from './sender-queue.ts'

const KEEP_ALIVE_PERIOD = Duration.minutes(1)

export interface ServiceStackProps extends StackProps {
  readonly data: DataStack
  /** Folder of the functions' bundles (bundle/bundle.ts). */
  readonly bundles: string
}

export class ServiceStack extends Stack {
  readonly functions: Functions

  constructor(scope: Construct, id: string, { data, bundles, ...props }: ServiceStackProps) {
    super(scope, id, props)
    const api = new Api(this, 'Api')
    const senderQueue = createSenderQueue(this)
    const values = {
      TABLE_NAME: data.table.tableName,
      PUBLIC_URL: api.url,
      ROOT_KEY_ARN: data.rootKey.keyArn,
      RECOVERY_QUEUE_URL: data.recoveryQueue.queueUrl,
      WEBHOOK_QUEUE_URL: senderQueue.queueUrl,
      ...this.#defaultLimits(),
      AUDIT_RETENTION_DAYS: new CfnParameter(this, 'AuditRetentionDays', {
        description:
          'Days for which new audit events are kept. A change does not apply to events that are already stored.',
        default: '365',
        allowedPattern: '^[1-9][0-9]{0,3}$',
      }).valueAsString,
      EVENT_RETENTION_DAYS: new CfnParameter(this, 'EventRetentionDays', {
        description:
          "Days for which new events stay in a tenant's event log. A change does not apply to events that are already stored.",
        default: '90',
        allowedPattern: '^[1-9][0-9]{0,3}$',
      }).valueAsString,
      OPERATOR_NAME: new CfnParameter(this, 'OperatorName', {
        description: 'Who runs this service, as the footer of the pages for end users names it.',
        default: 'Funnel Connect',
        allowedPattern: '^[^\\x00-\\x1F\\x7F-\\x9F]{1,60}$',
        constraintDescription: 'must have 1 to 60 characters, and no control characters',
      }).valueAsString,
      LAZY_REFRESH: lazyRefresh(this),
      SEALED_EXPORT: sealedExport(this),
      ...providerParameters(this),
    }
    this.functions = createFunctions(
      this,
      {
        table: data.table,
        tableKey: data.tableKey,
        rootKey: data.rootKey,
        recoveryQueue: data.recoveryQueue,
        senderQueue,
      },
      values,
      bundles,
    )
    api.serve(this.functions)
    reserveConcurrency(this, this.functions)
    switchTracing(this, this.functions)
    this.#schedules()
    this.functions['recover-rotations'].lambda.addEventSource(
      new SqsEventSource(data.recoveryQueue, {
        batchSize: 10,
        reportBatchItemFailures: true,
        // After an outage of the table there are many messages. They must not take all of the account's concurrency.
        maxConcurrency: 10,
      }),
    )
    sendFromQueue(this.functions['send-webhooks'], senderQueue)
    publishFromStream(this.functions['publish-events'], data.table)
    createMonitoring(this, {
      api,
      functions: this.functions,
      data,
      keepAliveShards: this.#keepAliveShards(),
    })
    new CfnOutput(this, 'ApiUrl', { value: api.url, description: 'URL of the API' })
  }

  #defaultLimits() {
    // High enough for every normal tenant, and low enough that one tenant cannot use up the account (docs/limits.md).
    const limit = (name: string, what: string, value: number) =>
      new CfnParameter(this, name, {
        description: `Limit for tenants without a limit of their own: ${what}. Empty means no limit.`,
        default: String(value),
        allowedPattern: '^([1-9][0-9]{0,8})?$',
      }).valueAsString
    return {
      DEFAULT_CONNECTIONS: limit('DefaultConnections', 'connections', 100_000),
      DEFAULT_SESSIONS_PER_MINUTE: limit('DefaultSessionsPerMinute', 'connect sessions per minute', 300),
      DEFAULT_REQUESTS_PER_SECOND: limit('DefaultRequestsPerSecond', 'proxied requests per second', 2_500),
      DEFAULT_CONCURRENT_REQUESTS: limit(
        'DefaultConcurrentRequests',
        'proxied requests at the same time',
        300,
      ),
    }
  }

  /** A failed run is not retried, because the next run finds the same work. */
  #schedules(): void {
    const keepAlive = this.#schedulable('keep-alive', 'ScheduleRole', KEEP_ALIVE_PERIOD)
    const of = this.#keepAliveShards()
    for (let shard = 0; shard < of; shard++) {
      new CfnSchedule(this, `KeepAliveShard${shard}`, {
        description: `Funnel Connect: refreshes and probes the due connections of shard ${shard}`,
        scheduleExpression: ScheduleExpression.rate(KEEP_ALIVE_PERIOD).expressionString,
        flexibleTimeWindow: { mode: 'OFF' },
        target: { ...keepAlive, input: JSON.stringify({ shard, of }) },
      })
    }
    for (const name of FUNCTION_NAMES) {
      const { runsEvery } = PERMISSIONS[name]
      if (runsEvery === undefined) continue
      new CfnSchedule(this, `${pascalCase(name)}Schedule`, {
        description: `Funnel Connect: runs ${name}`,
        scheduleExpression: ScheduleExpression.rate(runsEvery).expressionString,
        flexibleTimeWindow: { mode: 'OFF' },
        target: this.#schedulable(name, `${pascalCase(name)}ScheduleRole`, runsEvery),
      })
    }
  }

  /** How many runs of keep-alive share the due work: `cdk deploy -c keepAliveShards=16`. */
  #keepAliveShards(): number {
    const shards = Number(this.node.tryGetContext('keepAliveShards') ?? 4)
    if (!(shards >= 1 && DUE_PARTITIONS % shards === 0)) {
      throw new Error(
        `keepAliveShards has to divide ${DUE_PARTITIONS} without a remainder, so ${shards} cannot be used.`,
      )
    }
    return shards
  }

  /**
   * A function as the target of schedules, with a role that may invoke it and nothing else. An event that cannot be delivered
   * is dropped when the next is due. Lambda would keep the events of an outage for six hours and then start all at once.
   */
  #schedulable(name: FunctionName, roleId: string, period: Duration) {
    const { lambda } = this.functions[name]
    // The scheduler invokes asynchronously. Without this setting, Lambda would retry a failed run twice.
    lambda.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: period })
    const role = new Role(this, roleId, {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
      }),
    })
    role.addToPolicy(
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [lambda.functionArn] }),
    )
    return {
      arn: lambda.functionArn,
      roleArn: role.roleArn,
      retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: period.toSeconds() },
    }
  }
}
