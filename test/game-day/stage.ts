// The local stack for one scene of the game day: its log lines by function, a DynamoDB that fails when told to, and what the
// template's metric filters and alarms make of the lines.
import { DisableKeyCommand, KMSClient } from '@aws-sdk/client-kms'
import { GetQueueAttributesCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { startClickFunnels } from '../../infra/local/clickfunnels/simulator.ts'
import { readDeployment } from '../../infra/local/cloudformation/template.ts'
import { type AlarmState, alarmStates } from '../../infra/local/cloudwatch/alarms.ts'
import { Metrics, type Resources } from '../../infra/local/cloudwatch/metrics.ts'
import { templateParameters } from '../../infra/local/settings.ts'
import { type LocalStack, startStack } from '../../infra/local/stack.ts'
import { type FaultyDynamoDb, startFaultyDynamoDb } from '../support/faulty-dynamodb.ts'
import { type FaultySqs, startFaultySqs } from '../support/faulty-sqs.ts'
import { type TestClient, testClient } from '../support/stack.ts'

export const STACK_NAME = 'FunnelConnectService'
/** The parameters that alarms refer to, with their defaults. */
export const PARAMETERS = { ConcurrencyAlarm: 700 }
const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' }
const SIMULATOR = { profile: 'custom', accountsUrl: '', apiUrl: '', workspaceHosts: '' } as const

export interface Stage extends LocalStack, TestClient {
  readonly store: FaultyDynamoDb
  readonly queues: FaultySqs
  /** Runs all schedules, as in each minute of a healthy service. Lambda's own metrics of it are noted. */
  minute(): Promise<void>
  /** Disables the KMS key that wraps the vault's root keys. */
  disableRootKey(): Promise<void>
  /** The states of all alarms, on everything that was logged so far. */
  alarms(): Promise<AlarmState[]>
}

export interface StageOptions {
  /** Where lines and AWS's own figures are counted at the moment. Default: one place for all. */
  readonly metrics?: () => Metrics
  readonly onLine?: (log: string, line: string) => void
}

export async function openStage(
  templates: string,
  resources: Resources,
  options: StageOptions = {},
): Promise<Stage> {
  const whole = new Metrics(resources)
  const { metrics = () => whole, onLine } = options
  const store = await startFaultyDynamoDb()
  process.env.AWS_ENDPOINT_URL_DYNAMODB = store.url
  const queues = await startFaultySqs()
  process.env.AWS_ENDPOINT_URL_SQS = queues.url
  const simulator = await startClickFunnels({ port: 0 })
  const stack = await startStack({
    templates,
    parameters: templateParameters(SIMULATOR, simulator),
    onLog: ({ function: name, text }) => {
      for (const line of text.split('\n')) {
        metrics().read(name, line)
        onLine?.(name, line)
      }
    },
  })
  const ofFunction = (metric: string, FunctionName: string) =>
    metrics().put({ namespace: 'AWS/Lambda', name: metric, dimensions: { FunctionName } }, 1)
  return {
    ...stack,
    ...testClient(stack.url, simulator.url),
    store,
    queues,
    minute: async () => {
      for (const run of await stack.runSchedules()) {
        ofFunction('Invocations', run.function)
        if (run.error !== undefined) ofFunction('Errors', run.function)
      }
    },
    disableRootKey: async () => {
      const { functions } = readDeployment(templates, { publicUrl: stack.url, parameters: {} })
      const KeyId = functions.find(({ name }) => name === 'proxy')?.environment.ROOT_KEY_ARN
      const kms = new KMSClient({ endpoint: stack.endpoints.kms, region: 'local', credentials: CREDENTIALS })
      await kms.send(new DisableKeyCommand({ KeyId }))
      kms.destroy()
    },
    alarms: async () => {
      await noteQueues(stack.endpoints.sqs, metrics())
      return alarmStates(STACK_NAME, resources, metrics(), PARAMETERS)
    },
    close: async () => {
      store.failing = undefined
      queues.failing = undefined
      await stack.close()
      await simulator.close()
      await store.close()
      await queues.close()
      delete process.env.AWS_ENDPOINT_URL_DYNAMODB
      delete process.env.AWS_ENDPOINT_URL_SQS
    },
  }
}

/** What SQS itself reports: how many messages wait, and how many a function has at the moment. */
async function noteQueues(endpoint: string, metrics: Metrics): Promise<void> {
  const client = new SQSClient({ endpoint, region: 'local', credentials: CREDENTIALS })
  const { QueueUrls = [] } = await client.send(new ListQueuesCommand({}))
  for (const QueueUrl of QueueUrls) {
    const { Attributes = {} } = await client.send(
      new GetQueueAttributesCommand({
        QueueUrl,
        AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
      }),
    )
    const QueueName = /(RecoveryDeadLetters|RecoveryQueue)/.exec(QueueUrl)?.[1] ?? QueueUrl
    const note = (name: string, value: string | undefined) =>
      metrics.put({ namespace: 'AWS/SQS', name, dimensions: { QueueName } }, Number(value ?? 0))
    note('ApproximateNumberOfMessagesVisible', Attributes.ApproximateNumberOfMessages)
    note('ApproximateNumberOfMessagesNotVisible', Attributes.ApproximateNumberOfMessagesNotVisible)
  }
  client.destroy()
}
