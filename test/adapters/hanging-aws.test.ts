// The real adapters, with a DynamoDB, KMS or SQS that accepts calls and never answers, or stops after the head, at every call
// of a refresh: the caller has an answer within 10 s, and no token is lost that ClickFunnels still honours. Each case is a
// process of its own. HANGS=all is the whole matrix (npm run hangs).
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms'
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { AWS_TIMEOUTS } from '#adapters/aws-call.ts'
import { Table } from '#adapters/dynamodb/table.ts'
import { SqsRecoveryQueue } from '#adapters/sqs/recovery-queue.ts'
import { KmsDataKeys } from '#adapters/vault/data-keys.ts'
import { KmsRootKeys } from '#adapters/vault/root-keys.ts'
import { TenantKeyWrapping } from '#adapters/vault/tenant-key-wrapping.ts'
import { KmsTenantKeys } from '#adapters/vault/tenant-keys.ts'
import { KmsVault } from '#adapters/vault/vault.ts'
import { AuditTrail } from '#domain/audit/trail.ts'
import { SCOPES } from '#domain/callers/caller.ts'
import { issueApiKey } from '#domain/callers/manage-api-keys.ts'
import { type Connection, tokenOf } from '#domain/connections/connection.ts'
import { type EndUserId, idMinter } from '#domain/ids.ts'
import { epochSeconds } from '#domain/time.ts'
import { HeldRotations } from '#domain/tokens/recovery-queue.ts'
import { TokenMemory } from '#domain/tokens/token-memory.ts'
import { ProcessBackground } from '#runtime/background.ts'
import type { LimitedServices } from '#runtime/limited-services.ts'
import { connections } from '../../functions/connections.ts'
import { recoverRotations } from '../../functions/recover-rotations.ts'
import { startDynoxide } from '../../infra/local/dynamodb/dynoxide.ts'
import { startKmsEndpoint } from '../../infra/local/kms/endpoint.ts'
import { startSqs } from '../../infra/local/sqs/queues.ts'
import { FakeLog } from '../fakes/log.ts'
import { openScene, type Scene } from '../fakes/scene.ts'
import { anEvent } from '../http/events.ts'
import { type Hang, type HangingAws, startHangingAws } from '../support/hanging-aws.ts'
import { type Backend, openBackend, storesOn, TABLE } from './backend.ts'

const ALL = process.env.HANGS === 'all'
const ACCESS = { region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } }
const FUNCTION_SECONDS = 29
/** In each token rotation mode. More would load a machine so much that AWS seems to hang by itself. */
const AT_ONCE = 16
const QUEUE = '000000000000/recovery'
const now = () => epochSeconds(Date.now() / 1000)

let upstream: Parameters<typeof startHangingAws>[0]
let keyArn: string
let backend: Backend
const closing: (() => Promise<void>)[] = []
let consuming = true
let consumed: Promise<void> | undefined

beforeAll(async () => {
  vi.stubEnv('AWS_REGION', 'us-east-1')
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local')
  const [dynamodb, kms, sqs] = await Promise.all([startDynoxide(), startKmsEndpoint(), startSqs()])
  closing.push(kms.close, sqs.close)
  upstream = { DynamoDB: dynamodb.url, KMS: kms.url, SQS: sqs.url }
  const client = new KMSClient({ endpoint: kms.url, ...ACCESS })
  keyArn = (await client.send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? ''
  backend = await openBackend(Promise.resolve(dynamodb))
  const queues = new SQSClient({ endpoint: sqs.url, ...ACCESS })
  await queues.send(new CreateQueueCommand({ QueueName: 'recovery' }))
  consumed = consume(await openScene())
})
afterAll(async () => {
  consuming = false
  await consumed
  await backend?.close()
  for (const close of closing) await close()
})

/** The services of a new process behind its own AWS. */
function processOn(
  scene: Scene,
  aws: Pick<HangingAws, 'url'>,
  requestHandler: object = AWS_TIMEOUTS,
): LimitedServices {
  const log = new FakeLog()
  const table = new Table(new DynamoDBClient({ endpoint: aws.url, ...ACCESS, requestHandler }), TABLE)
  const dataKeys = new KmsDataKeys(new KMSClient({ endpoint: aws.url, ...ACCESS, requestHandler }))
  const rootKeys = new KmsRootKeys(dataKeys, keyArn, table, now)
  const tenantKeys = new KmsTenantKeys(new TenantKeyWrapping(rootKeys, dataKeys), table, now)
  const stores = storesOn(table)
  const { newId } = scene.services
  return {
    ...scene.services,
    ...stores,
    now,
    sleep: async (milliseconds) => sleep(milliseconds),
    background: new ProcessBackground(log),
    vault: new KmsVault(tenantKeys),
    tenantKeys,
    rootKeys,
    recoveryQueue: new SqsRecoveryQueue(`${aws.url}/${QUEUE}`),
    heldRotations: new HeldRotations(),
    tokenMemory: new TokenMemory(),
    audit: new AuditTrail({ events: stores.auditEvents, newId, now, log }, 30, 'connections'),
    log,
  }
}

/** Takes what comes to the recovery queue, as Lambda does, until the tests are over. */
async function consume(scene: Scene): Promise<void> {
  const plain = await startHangingAws(upstream)
  closing.push(plain.close)
  const recover = recoverRotations(processOn(scene, plain))
  const client = new SQSClient({ endpoint: upstream.SQS, ...ACCESS })
  const QueueUrl = `${upstream.SQS}/${QUEUE}`
  while (consuming) {
    const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1 }))
    for (const { MessageId = '', Body = '', ReceiptHandle = '' } of Messages) {
      const attributes = { ApproximateReceiveCount: '1' }
      const Records = [{ messageId: MessageId, body: Body, receiptHandle: ReceiptHandle, attributes }]
      const context = { getRemainingTimeInMillis: () => FUNCTION_SECONDS * 1000 }
      const { batchItemFailures } = await recover({ Records } as never, context)
      if (batchItemFailures.length === 0)
        await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
    }
  }
}

/** "Refresh now", over the function's own handler. */
async function refresh(services: LimitedServices, { id }: Connection, key: string) {
  const event = anEvent({
    routeKey: 'POST /v1/connections/{id}/refresh',
    method: 'POST',
    path: `/v1/connections/${id}/refresh`,
    pathParameters: { id },
    headers: { authorization: `Bearer ${key}` },
  })
  const began = performance.now()
  const getRemainingTimeInMillis = () => FUNCTION_SECONDS * 1000 - (performance.now() - began)
  const { statusCode, headers } = await connections(services)(event, { getRemainingTimeInMillis } as never)
  return {
    status: statusCode,
    type: headers?.['content-type'],
    milliseconds: Math.round(performance.now() - began),
  }
}

/** Whether ClickFunnels honours the refresh token that is stored. */
async function isHonoured({ services }: Scene, { tenantId, id }: Connection): Promise<boolean> {
  const stored = await services.connections.get({ tenantId, connectionId: id })
  if (stored?.credential.kind !== 'refreshable') return false
  const binding = tokenOf(tenantId, id, stored.generation, 'refresh_token')
  const token = (await services.vault.open(binding, stored.credential.refreshToken)).reveal()
  return services.clickfunnels.tokens.refreshable(token) !== undefined
}

/** Runs all cases at once, on a tenant of their own. */
async function runAll(mode: 'strict' | 'rotating') {
  const plain = await startHangingAws(upstream)
  closing.push(plain.close)
  const ids = { newId: idMinter(Date.now, randomBytes), randomBytes }
  const scene = await openScene({ ...processOn(await openScene(), plain, {}), ...ids })
  scene.services.clickfunnels.tokens.mode = mode
  const { key } = await issueApiKey(scene.services, scene.app.tenantId, { name: 'test', scopes: [...SCOPES] })
  const connect = () =>
    scene.connect({ endUser: { id: scene.services.newId('tenant') as string as EndUserId } })

  const inOrder = await startHangingAws(upstream)
  closing.push(inOrder.close)
  const first = await refresh(processOn(scene, inOrder), await connect(), key.reveal())
  expect(first.status).toBe(200)
  const calls = inOrder.calls.map((call) => call.join(' '))
  const cases: [Case, Connection][] = []
  for (const one of casesOf(calls)) cases.push([one, await connect()])
  return inTurns(cases, AT_ONCE, async ([one, connection]) => {
    const aws = await startHangingAws(upstream)
    closing.push(aws.close)
    const services = processOn(scene, aws)
    aws.hangFrom(one.from, one.how)
    if (one.queueToo) aws.hang('SQS', one.how)
    const lifted = sleep(one.lifted * 1000).then(() => aws.lift())
    const { type, ...answer } = await refresh(services, connection, key.reveal())
    await services.background.settled()
    const held = !services.heldRotations.isEmpty()
    await lifted
    // The next invocation of the process.
    await services.heldRotations.attemptAll()
    let honoured = await isHonoured(scene, connection)
    // The queue delivers a message after some seconds.
    for (let second = 0; !honoured && second < 30; second++) {
      await sleep(1000)
      honoured = await isHonoured(scene, connection)
    }
    const isProblem = answer.status !== 200 && type === 'application/problem+json'
    return { mode, ...one, call: calls[one.from], ...answer, isProblem, held, honoured }
  })
}

/** Works on many things, so many at a time. */
async function inTurns<T, R>(all: readonly T[], atOnce: number, work: (one: T) => Promise<R>): Promise<R[]> {
  const left = [...all]
  const results: R[] = []
  const worker = async () => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) results.push(await work(one))
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return results
}

test('every caller has an answer within 10 s, and no token is lost', async () => {
  const results = (await Promise.all([runAll('strict'), runAll('rotating')])).flat()
  if (ALL) for (const result of results) process.stdout.write(`${JSON.stringify(result)}\n`)
  expect(results.filter(({ honoured }) => !honoured)).toEqual([])
  expect(results.filter(({ milliseconds }) => milliseconds > 10_000)).toEqual([])
  expect(results.filter(({ status, isProblem }) => status !== 200 && !isProblem)).toEqual([])
}, 900_000)

interface Case {
  /** The call of the refresh from which on its service hangs. */
  readonly from: number
  readonly how: Hang
  /** The recovery queue hangs from the beginning, too. */
  readonly queueToo: boolean
  /** When AWS works again, in seconds after the call began. */
  readonly lifted: number
}

/** The whole matrix; or the first call and the commit. */
function casesOf(calls: readonly string[]): readonly Case[] {
  const cases: Case[] = []
  for (let from = 0; from < calls.length; from++) {
    for (const how of ['never answers', 'stops after the head'] as const) {
      for (const queueToo of [false, true]) cases.push({ from, how, queueToo, lifted: queueToo ? 31 : 12 })
    }
  }
  const commit = calls.lastIndexOf('DynamoDB UpdateItem')
  return ALL ? cases : cases.filter(({ from, queueToo }) => !queueToo && (from === 0 || from === commit))
}
