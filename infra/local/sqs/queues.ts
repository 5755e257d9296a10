// Runs the SQS emulator (local-aws-sqs) and creates the template's queues in it.
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs'
import { createRequestHandler } from 'local-aws-sqs'
import type { QueueDefinition } from '../cloudformation/queues.ts'
import { Journal } from '../journal.ts'
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../kms/keys.ts'
import { listenForPrograms } from '../loopback-server.ts'
import { KeptMessages } from './kept-messages.ts'

export interface SqsEndpoint {
  readonly url: string
  /** Sends the messages that earlier runs did not process. Call it once the queues exist. */
  sendLeftOvers(): Promise<void>
  close(): Promise<void>
}

/** @param options.stateFile keeps messages between runs. Without it, they are in memory. */
export async function startSqs(options: { readonly stateFile?: string } = {}): Promise<SqsEndpoint> {
  const journal = new Journal(options.stateFile)
  const messages = options.stateFile === undefined ? undefined : new KeptMessages(journal)
  const server = await listenForPrograms(0, (request, response) => {
    messages?.watch(request, response)
    void requestHandler(request, response)
  })
  const { requestHandler } = createRequestHandler({
    port: server.port,
    hostname: '127.0.0.1',
    region: LOCAL_REGION,
    accountId: LOCAL_ACCOUNT,
    emulateQueueCreationLifecycle: false,
  })
  return {
    url: server.url,
    sendLeftOvers: async () => messages?.sendLeftOvers(server.url),
    close: async () => {
      await server.close()
      journal.close()
    },
  }
}

/** A client for the SQS endpoint. @param environment the functions' environment variables */
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

/** Creates the queues, dead letter queues first, because the others name them. */
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
