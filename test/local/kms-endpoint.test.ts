// The local KMS endpoint, called by the real SDK: it must behave like AWS where the vault relies on it.
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import {
  CreateKeyCommand,
  DecryptCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  KMSClient,
  ReEncryptCommand,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type KmsEndpoint, startKmsEndpoint } from '../../infra/local/kms/endpoint.ts'
import { scratchFolder } from '../support/scratch.ts'

const ID = '11111111-2222-3333-4444-555555555555'
let endpoint: KmsEndpoint
let kms: KMSClient
let key: string

beforeEach(async () => {
  endpoint = await startKmsEndpoint()
  kms = clientOf(endpoint)
  key = endpoint.ensureKey(ID)
})
afterEach(async () => {
  kms.destroy()
  await endpoint.close()
})

test('a data key comes back from its ciphertext, whatever the order of the context', async () => {
  const made = await kms.send(
    new GenerateDataKeyCommand({ KeyId: key, KeySpec: 'AES_256', EncryptionContext: { a: '1', b: '2' } }),
  )
  const EncryptionContext = { b: '2', a: '1' }
  const opened = await kms.send(
    new DecryptCommand({ CiphertextBlob: made.CiphertextBlob, EncryptionContext }),
  )
  expect(made.Plaintext).toHaveLength(32)
  expect(Buffer.from(opened.Plaintext ?? [])).toEqual(Buffer.from(made.Plaintext ?? []))
  expect(opened.KeyId).toBe(key)
  expect(Buffer.from(made.CiphertextBlob ?? []).includes(Buffer.from(made.Plaintext ?? []))).toBe(false)
})

test('a connection that is idle for a while can be used again, as on AWS', async () => {
  const answer = await fetch(endpoint.url, { method: 'POST' })
  expect(answer.headers.get('keep-alive')).toBe('timeout=75')
})

test.each([
  ['another value', { tenant: 'b' }],
  ['another name', { other: 'a' }],
  ['one more member', { tenant: 'a', more: '' }],
  ['none', undefined],
])('a ciphertext does not open with another context: %s', async (_, EncryptionContext) => {
  const CiphertextBlob = await encrypt(key, { tenant: 'a' })
  const refused = kms.send(
    new DecryptCommand({ CiphertextBlob, ...(EncryptionContext && { EncryptionContext }) }),
  )
  await expect(refused).rejects.toMatchObject({
    name: 'InvalidCiphertextException',
    $metadata: { httpStatusCode: 400 },
  })
})

test('a ciphertext that was tampered with does not open', async () => {
  const CiphertextBlob = await encrypt(key, {})
  CiphertextBlob[CiphertextBlob.length - 1] = 255 - (CiphertextBlob.at(-1) ?? 0)
  await expect(kms.send(new DecryptCommand({ CiphertextBlob }))).rejects.toThrow(
    expect.objectContaining({ name: 'InvalidCiphertextException' }),
  )
  const truncated = kms.send(new DecryptCommand({ CiphertextBlob: CiphertextBlob.subarray(0, 20) }))
  await expect(truncated).rejects.toThrow(expect.objectContaining({ name: 'InvalidCiphertextException' }))
})

test('a ciphertext does not open under the name of another key', async () => {
  const CiphertextBlob = await encrypt(key, {})
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({}))
  const refused = kms.send(new DecryptCommand({ CiphertextBlob, KeyId: KeyMetadata?.Arn }))
  await expect(refused).rejects.toMatchObject({ name: 'IncorrectKeyException' })
})

test('a disabled key refuses until it is enabled again', async () => {
  await kms.send(new DisableKeyCommand({ KeyId: key }))
  const refused = kms.send(new GenerateDataKeyCommand({ KeyId: key, KeySpec: 'AES_256' }))
  await expect(refused).rejects.toMatchObject({ name: 'DisabledException', message: `${key} is disabled.` })
  expect((await kms.send(new DescribeKeyCommand({ KeyId: ID }))).KeyMetadata?.KeyState).toBe('Disabled')
  await kms.send(new EnableKeyCommand({ KeyId: key }))
  await expect(kms.send(new GenerateDataKeyCommand({ KeyId: key, NumberOfBytes: 64 }))).resolves.toBeDefined()
})

test('a key that waits for its deletion opens nothing', async () => {
  const CiphertextBlob = await encrypt(key, {})
  const scheduled = await kms.send(new ScheduleKeyDeletionCommand({ KeyId: key, PendingWindowInDays: 7 }))
  expect(scheduled.DeletionDate?.getTime()).toBeGreaterThan(Date.now() + 6 * 86_400_000)
  await expect(kms.send(new DecryptCommand({ CiphertextBlob }))).rejects.toMatchObject({
    name: 'KMSInvalidStateException',
  })
  await expect(kms.send(new EnableKeyCommand({ KeyId: key }))).rejects.toMatchObject({
    name: 'KMSInvalidStateException',
  })
})

test('an unknown key is not found', async () => {
  const unknown = key.replace(ID, '99999999-2222-3333-4444-555555555555')
  await expect(kms.send(new DescribeKeyCommand({ KeyId: unknown }))).rejects.toMatchObject({
    name: 'NotFoundException',
    message: `Key '${unknown}' does not exist`,
  })
})

test('a ciphertext moves to another key without its plaintext being seen', async () => {
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({}))
  const moved = await kms.send(
    new ReEncryptCommand({
      CiphertextBlob: await encrypt(key, { tenant: 'a' }),
      SourceEncryptionContext: { tenant: 'a' },
      DestinationKeyId: KeyMetadata?.KeyId,
    }),
  )
  const opened = await kms.send(new DecryptCommand({ CiphertextBlob: moved.CiphertextBlob }))
  expect(Buffer.from(opened.Plaintext ?? []).toString()).toBe('secret')
})

test('calls are counted by operation', async () => {
  await encrypt(key, {})
  await encrypt(key, {})
  await kms.send(new DescribeKeyCommand({ KeyId: 'none' })).catch(() => {})
  expect(endpoint.calls()).toEqual({ Encrypt: 2, DescribeKey: 1 })
})

test('with a file, keys and their state survive a restart, readable by their owner only', async () => {
  const keyFile = join(scratchFolder(), 'keys.json')
  const first = await startKmsEndpoint({ keyFile })
  const arn = first.ensureKey(ID)
  const CiphertextBlob = await encrypt(arn, {}, clientOf(first))
  await first.close()
  expect(statSync(keyFile).mode & 0o777).toBe(0o600)
  const second = await startKmsEndpoint({ keyFile })
  expect(second.ensureKey(ID)).toBe(arn)
  const opened = await clientOf(second).send(new DecryptCommand({ CiphertextBlob }))
  expect(Buffer.from(opened.Plaintext ?? []).toString()).toBe('secret')
  expect(JSON.parse(readFileSync(keyFile, 'utf8'))).toHaveLength(1)
  await second.close()
})

function clientOf({ url }: KmsEndpoint): KMSClient {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
  return new KMSClient({ endpoint: url, region: 'us-east-1', credentials, maxAttempts: 1 })
}

async function encrypt(KeyId: string, EncryptionContext: Record<string, string>, client = kms) {
  const Plaintext = Buffer.from('secret')
  const sealed = await client.send(new EncryptCommand({ KeyId, Plaintext, EncryptionContext }))
  return sealed.CiphertextBlob ?? new Uint8Array()
}
