// A local KMS endpoint: AWS' JSON 1.1 protocol over HTTP, the operations for envelope encryption, real AES-256-GCM. This
// file has the protocol and counts calls; keys.ts has the keys, operations.ts the operations. It checks no signatures,
// because it can be reached from this machine only.
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { listenForPrograms, readBody } from '../loopback-server.ts'
import { KmsError, KmsKeys, keyArn } from './keys.ts'
import { KMS_OPERATIONS, type KmsInput } from './operations.ts'

const TARGET_PREFIX = 'TrentService.'
const MAX_REQUEST_BYTES = 256 * 1024

export interface KmsEndpoint {
  readonly url: string
  /** How often each operation was called, including failed calls. */
  calls(): Readonly<Record<string, number>>
  /** Creates a key with this id unless it exists. Returns its ARN. */
  ensureKey(id: string, description?: string): string
  close(): Promise<void>
}

/** @param options.keyFile keeps the key material between runs. Without it, the keys end with the process. */
export async function startKmsEndpoint(
  options: { port?: number; keyFile?: string } = {},
): Promise<KmsEndpoint> {
  const keys = new KmsKeys(options.keyFile)
  const calls: Record<string, number> = {}
  const server = await listenForPrograms(options.port ?? 0, async (request, response) => {
    try {
      const operation = operationOf(request)
      calls[operation] = (calls[operation] ?? 0) + 1
      send(response, 200, run(keys, operation, await readBody(request, MAX_REQUEST_BYTES)))
    } catch (error) {
      const { type, message } =
        error instanceof KmsError ? error : new KmsError('KMSInternalException', String(error))
      response.setHeader('x-amzn-errortype', type)
      const body = message === '' ? { __type: type } : { __type: type, message }
      send(response, type === 'KMSInternalException' ? 500 : 400, body)
    }
  })
  return {
    url: server.url,
    calls: () => ({ ...calls }),
    ensureKey: (id, description) => keyArn(keys.create(description, id).id),
    close: server.close,
  }
}

function operationOf(request: IncomingMessage): string {
  const target = request.headers['x-amz-target']
  const name =
    typeof target === 'string' && target.startsWith(TARGET_PREFIX) ? target.slice(TARGET_PREFIX.length) : ''
  if (request.method === 'POST' && Object.hasOwn(KMS_OPERATIONS, name)) return name
  throw new KmsError('UnknownOperationException', `The local KMS endpoint has no operation "${name}"`)
}

function run(keys: KmsKeys, operation: string, body: Buffer | undefined): unknown {
  let input: unknown
  try {
    input = JSON.parse(String(body))
  } catch {
    throw new KmsError('SerializationException', 'The request body is not JSON')
  }
  if (typeof input !== 'object' || input === null)
    throw new KmsError('SerializationException', 'Not an object')
  return KMS_OPERATIONS[operation]?.(keys, input as KmsInput)
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.1',
    'x-amzn-requestid': randomUUID(),
  })
  response.end(JSON.stringify(body))
}
