// A test stack on a DynamoDB that fails when told to.
import { type FaultyDynamoDb, startFaultyDynamoDb } from './faulty-dynamodb.ts'
import { startTestStack, type TestStack } from './stack.ts'

export interface FaultyStack {
  readonly stack: TestStack
  readonly store: FaultyDynamoDb
  close(): Promise<void>
}

/** The functions find the store by the environment, so a process has one such stack at a time. */
export async function startFaultyStack(): Promise<FaultyStack> {
  const store = await startFaultyDynamoDb()
  process.env.AWS_ENDPOINT_URL_DYNAMODB = store.url
  const stack = await startTestStack()
  return {
    stack,
    store,
    close: async () => {
      await stack.close()
      await store.close()
      delete process.env.AWS_ENDPOINT_URL_DYNAMODB
    },
  }
}
