// SQS on one machine: the emulator (local-aws-sqs, in memory) and the template's queues in it.
import type { AddressInfo } from 'node:net'
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs'
import { createSqsServer } from 'local-aws-sqs'
import type { QueueDefinition } from '../cloudformation/queues.ts'
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../kms/keys.ts'

export interface SqsEndpoint {
  readonly url: string
  close(): Promise<void>
}

export async function startSqs(): Promise<SqsEndpoint> {
  const server = await createSqsServer({
    port: 0,
    hostname: '127.0.0.1',
    region: LOCAL_REGION,
    accountId: LOCAL_ACCOUNT,
    emulateQueueCreationLifecycle: false,
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** A client for the endpoint that functions get. @param environment as for the functions */
export function sqsClient(environment: Readonly<Record<string, string>>): SQSClient {
  return new SQSClient({
    endpoint: environment.AWS_ENDPOINT_URL_SQS ?? '',
    region: environment.AWS_REGION ?? LOCAL_REGION,
    credentials: {
      accessKeyId: environment.AWS_ACCESS_KEY_ID ?? '',
      secretAccessKey: environment.AWS_SECRET_ACCESS_KEY ?? '',
    },
  })
}

/** Makes the queues; those that others name as their dead letter queue first. */
export async function createQueues(
  environment: Readonly<Record<string, string>>,
  queues: readonly QueueDefinition[],
): Promise<void> {
  const client = sqsClient(environment)
  for (const { name, visibilityTimeoutSeconds, redrivePolicy } of queues.toSorted(deadLettersFirst)) {
    const Attributes = {
      VisibilityTimeout: String(visibilityTimeoutSeconds),
      ...(redrivePolicy && { RedrivePolicy: JSON.stringify(redrivePolicy) }),
    }
    await client.send(new CreateQueueCommand({ QueueName: name, Attributes }))
  }
  client.destroy()
}

function deadLettersFirst(one: QueueDefinition, other: QueueDefinition): number {
  return Number(one.redrivePolicy !== undefined) - Number(other.redrivePolicy !== undefined)
}
