// The queue that wakes the senders of webhooks. The SDK's client is loaded with the first message, and kept.
import type { SQSClient } from '@aws-sdk/client-sqs'
import { AWS_TIMEOUTS } from '#adapters/aws-call.ts'
import { SqsSenders } from '#adapters/sqs/senders.ts'

export function sendersOn(queueUrl: string): SqsSenders {
  let client: Promise<SQSClient> | undefined
  const load = async () => {
    const { SQSClient } = await import('@aws-sdk/client-sqs')
    return new SQSClient({ requestHandler: AWS_TIMEOUTS })
  }
  return new SqsSenders(queueUrl, () => {
    client ??= load()
    return client
  })
}
