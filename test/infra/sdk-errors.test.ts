// Bundles carry the classes of three of the SDK's errors. Code and retries have to recognize the others by name and status.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { bundleEntry } from '../../infra/bundle/bundle.ts'
import { ERRORS_LOOKED_INTO, ERRORS_RETRIED_BY_CLASS } from '../../infra/bundle/sdk-errors.ts'
import type { getItem } from '../support/bundled-sdk.ts'
import { type LoopbackPeer, startPeer } from '../support/loopback-peer.ts'

const ATTEMPTS = 2
const output = mkdtempSync(join(tmpdir(), 'sdk-errors-'))
let answer = ''
let code = ''
let peer: LoopbackPeer
let bundled: { readonly getItem: typeof getItem }

beforeAll(async () => {
  const { directory } = await bundleEntry(join('test', 'support', 'bundled-sdk.ts'), output)
  code = readdirSync(directory)
    .map((file) => readFileSync(join(directory, file), 'utf8'))
    .join()
  bundled = await import(pathToFileURL(join(directory, 'index.mjs')).href)
  peer = await startPeer((socket) => socket.write(answer))
})
afterAll(async () => {
  await peer.close()
  rmSync(output, { recursive: true, force: true })
})

async function errorOf(status: number, body: Record<string, unknown>): Promise<unknown> {
  const text = JSON.stringify(body)
  answer = `HTTP/1.1 ${status} X\r\ncontent-type: application/x-amz-json-1.0\r\ncontent-length: ${text.length}\r\n\r\n${text}`
  peer.requests.length = 0
  const asked = bundled.getItem({
    endpoint: peer.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: ATTEMPTS,
  })
  return asked.then(
    () => undefined,
    (error) => error,
  )
}

it('a bundle carries the classes that are needed, and no other', () => {
  for (const name of [...ERRORS_LOOKED_INTO, ...ERRORS_RETRIED_BY_CLASS]) expect(code).toContain(name)
  // Should a release of the SDK register its errors in another way, bundles grow by 30 KB: adapt the plugin, or delete it.
  for (const name of ['BackupInUseException', 'ResourceNotFoundException']) expect(code).not.toContain(name)
})

it('an error without its own class has name, message and status, and is retried where that helps', async () => {
  const type = 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException'
  const error = await errorOf(400, { __type: type, message: 'Too fast' })
  expect(error).toMatchObject({
    name: 'ProvisionedThroughputExceededException',
    message: 'Too fast',
    $metadata: { httpStatusCode: 400, attempts: ATTEMPTS },
  })
  expect(peer.requests).toHaveLength(ATTEMPTS)
})

it('an error that does not pass by itself is not retried', async () => {
  const type = 'com.amazonaws.dynamodb.v20120810#ResourceNotFoundException'
  const error = await errorOf(400, { __type: type, message: 'No such table' })
  expect(error).toMatchObject({ name: 'ResourceNotFoundException', message: 'No such table' })
  expect(error).toMatchObject({ $fault: 'client' })
  expect(peer.requests).toHaveLength(1)
})

it('an error that our code looks into has its class and its fields', async () => {
  const type = 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException'
  const error = await errorOf(400, { __type: type, message: 'No', Item: { bytes: { B: 'AQI=' } } })
  expect(error).toMatchObject({
    name: 'ConditionalCheckFailedException',
    Item: { bytes: { B: Uint8Array.of(1, 2) } },
  })
})

it('the code imports no error class that bundles do not carry', () => {
  const asked = ['functions', 'shared'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .flatMap((name) => {
        const text = readFileSync(join(folder, name), 'utf8')
        return [...text.matchAll(/import \{([^}]*)\} from '@aws-sdk\/client-/g)].flatMap(([, names = '']) =>
          [...names.matchAll(/\w+Exception\b/g)].map(([found]) => found),
        )
      }),
  )
  expect([...new Set(asked)].sort()).toEqual(ERRORS_LOOKED_INTO.toSorted())
})

it('an error that the SDK retries because of its class has the class', async () => {
  const retried = ['dynamodb', 'kms', 'sqs'].flatMap((service) => {
    const file = join('node_modules', '@aws-sdk', `client-${service}`, 'dist-es', 'models', 'errors.js')
    const classes = readFileSync(file, 'utf8').split('export class ')
    return classes.filter((text) => text.includes('$retryable')).map((text) => text.split(' ', 1)[0])
  })
  expect(retried).toEqual(ERRORS_RETRIED_BY_CLASS)
  const type = 'com.amazonaws.dynamodb.v20120810#ReplicatedWriteConflictException'
  await errorOf(400, { __type: type, message: 'Later' })
  expect(peer.requests).toHaveLength(ATTEMPTS)
})
