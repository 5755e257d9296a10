// Starts the emulators of DynamoDB, KMS and SQS. Where AWS_ENDPOINT_URL_DYNAMODB, …_KMS or …_SQS is set, that endpoint is
// used instead (DynamoDB Local, LocalStack, an AWS account).
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { isLoopback } from '#domain/tenants/web-url.ts'
import { startDynoxide } from './dynamodb/dynoxide.ts'
import { startKmsEndpoint } from './kms/endpoint.ts'
import { LOCAL_REGION } from './kms/keys.ts'
import { startSqs } from './sqs/queues.ts'

export interface Emulators {
  readonly endpoints: { readonly dynamodb: string; readonly kms: string; readonly sqs: string }
  /** The environment variables with which an AWS SDK reaches them. */
  readonly environment: Readonly<Record<string, string>>
  /** Whether none of them checks signatures, because all are on this machine. */
  readonly unsigned: boolean
  /** With another KMS endpoint: the ARN of the key that takes the place of every key of the template. */
  readonly externalKeyArn: string | undefined
  ensureKeys(ids: readonly string[]): void
  /** Sends the messages that earlier runs did not process. Call it once the queues exist. */
  sendLeftOvers(): Promise<void>
  kmsCalls(): Readonly<Record<string, number>>
  close(): Promise<void>
}

type Variables = Readonly<Record<string, string | undefined>>

/** @param dataDir the folder that keeps state between runs. Without it, everything is in memory. */
export async function startEmulators(dataDir: string | undefined, variables: Variables): Promise<Emulators> {
  const externalDynamoDb = variables.AWS_ENDPOINT_URL_DYNAMODB
  const externalKms = variables.AWS_ENDPOINT_URL_KMS
  if (externalKms && !variables.ROOT_KEY_ARN) {
    throw new Error(
      'AWS_ENDPOINT_URL_KMS is set, so ROOT_KEY_ARN must name a symmetric, enabled key of that KMS.',
    )
  }
  if (dataDir !== undefined) mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const keyFile = dataDir === undefined ? {} : { keyFile: join(dataDir, 'kms-keys.json') }
  const kms = externalKms ? undefined : await startKmsEndpoint(keyFile)
  const externalSqs = variables.AWS_ENDPOINT_URL_SQS
  const sqs = externalSqs
    ? undefined
    : await startSqs(dataDir === undefined ? {} : { stateFile: join(dataDir, 'sqs.jsonl') })
  try {
    const dbPath = dataDir === undefined ? undefined : join(dataDir, 'dynamodb.sqlite')
    const dynoxide = externalDynamoDb ? undefined : await startDynoxide(dbPath)
    const endpoints = {
      dynamodb: externalDynamoDb || (dynoxide?.url ?? ''),
      kms: externalKms || (kms?.url ?? ''),
      sqs: externalSqs || (sqs?.url ?? ''),
    }
    return {
      endpoints,
      unsigned: Object.values(endpoints).every((url) => isLoopback(new URL(url))),
      environment: {
        AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb,
        AWS_ENDPOINT_URL_KMS: endpoints.kms,
        AWS_ENDPOINT_URL_SQS: endpoints.sqs,
        // The functions do not read the developer's ~/.aws.
        AWS_CONFIG_FILE: '/dev/null',
        AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
        ...credentials(externalDynamoDb || externalKms || externalSqs ? variables : {}),
      },
      externalKeyArn: externalKms ? variables.ROOT_KEY_ARN : undefined,
      ensureKeys: (ids) => {
        for (const id of ids) kms?.ensureKey(id)
      },
      sendLeftOvers: async () => sqs?.sendLeftOvers(),
      kmsCalls: () => kms?.calls() ?? {},
      close: async () => {
        await Promise.all([dynoxide?.close(), kms?.close(), sqs?.close()])
      },
    }
  } catch (error) {
    await Promise.all([kms?.close(), sqs?.close()])
    throw error
  }
}

/** Our emulators check no signatures. Another endpoint gets the credentials from our own environment. */
function credentials(variables: Variables): Record<string, string> {
  const given = {
    AWS_REGION: variables.AWS_REGION,
    AWS_ACCESS_KEY_ID: variables.AWS_ACCESS_KEY_ID,
    AWS_SECRET_ACCESS_KEY: variables.AWS_SECRET_ACCESS_KEY,
    AWS_SESSION_TOKEN: variables.AWS_SESSION_TOKEN,
  }
  const present = Object.entries(given).filter((entry): entry is [string, string] => Boolean(entry[1]))
  return {
    AWS_REGION: LOCAL_REGION,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    ...Object.fromEntries(present),
  }
}
