// The libraries of our code, loaded once. All processes of a run share them, with clients of AWS in place of the SDK's own.
import { keptClients, makeClients } from './sdk.ts'

const CLIENTS: Readonly<Record<string, string>> = {
  '@aws-sdk/client-dynamodb': 'DynamoDBClient',
  '@aws-sdk/client-kms': 'KMSClient',
  '@aws-sdk/client-sqs': 'SQSClient',
}

/** @param names as the bundles ask for them */
export async function loadLibraries(names: readonly string[]): Promise<ReadonlyMap<string, unknown>> {
  const libraries = new Map<string, unknown>()
  for (const name of names) {
    const library = (await import(name)) as Record<string, unknown>
    const client = CLIENTS[name]
    const own = client && { [client]: keptClients(library[client] as Parameters<typeof keptClients>[0]) }
    libraries.set(name, own ? { ...library, ...own } : library)
  }
  await makeClients()
  return libraries
}
