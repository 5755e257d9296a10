// Stands between the functions and the emulators, and lets a call through only if the function's own role may make it. The
// function is told by its access key, which the local stack gives each by its name; signatures are not checked.
import { Agent, type IncomingHttpHeaders, request as send } from 'node:http'
import { listenForPrograms, readBody } from '../loopback-server.ts'
import { callsOf } from './calls.ts'
import { type Call, isAllowed, type Statement } from './evaluate.ts'

/** DynamoDB takes 16 MB, KMS and SQS less. */
const MAX_REQUEST_BYTES = 16 * 1024 * 1024

export interface FunctionCall extends Call {
  readonly function: string
}

/** A call that the function's role does not allow. */
export type Denial = FunctionCall

export interface GuardOptions {
  readonly accessKey?: string | undefined
  readonly tableKeyArn?: string | undefined
  readonly onCall?: (call: FunctionCall) => void
}

export interface Guard {
  readonly url: string
  close(): Promise<void>
}

/**
 * @param roles the statements of each function's role, by the function's name
 * @param onDenial is told of each call that is refused
 * @param options.accessKey takes the place of the function's, because an emulator may keep the data of each access key apart
 * @param options.tableKeyArn the KMS key of the table
 * @param options.onCall is told of each call, refused or not
 */
export async function startGuard(
  emulator: string,
  roles: Readonly<Record<string, readonly Statement[]>>,
  onDenial: (denial: Denial) => void,
  { accessKey = 'local', tableKeyArn, onCall = () => {} }: GuardOptions = {},
): Promise<Guard> {
  const agent = new Agent({ keepAlive: true })
  const server = await listenForPrograms(0, async (incoming, outgoing) => {
    const body = (await readBody(incoming, MAX_REQUEST_BYTES)) ?? Buffer.alloc(0)
    const refusal = refusalOf(incoming.headers, body, roles, onDenial, tableKeyArn, onCall)
    if (refusal !== undefined) {
      outgoing.writeHead(400, {
        'content-type': 'application/x-amz-json-1.0',
        'x-amzn-errortype': refusal.type,
      })
      outgoing.end(JSON.stringify({ __type: refusal.type, message: refusal.message }))
      return
    }
    // The emulators take requests to their own host only.
    const { method } = incoming
    const { host: _, authorization, ...others } = incoming.headers
    const headers = {
      ...others,
      authorization: authorization?.replace(/Credential=[^/]+/, `Credential=${accessKey}`),
    }
    const forwarded = send(`${emulator}${incoming.url}`, { method, headers, agent }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    // The SDK sees a socket that broke, as it would without the guard.
    forwarded.on('error', () => outgoing.destroy())
    outgoing.on('close', () => forwarded.destroy())
    forwarded.end(body)
  })
  return {
    url: server.url,
    close: async () => {
      agent.destroy()
      await server.close()
    },
  }
}

function refusalOf(
  headers: IncomingHttpHeaders,
  body: Buffer,
  roles: Readonly<Record<string, readonly Statement[]>>,
  onDenial: (denial: Denial) => void,
  tableKeyArn: string | undefined,
  onCall: (call: FunctionCall) => void,
): { readonly type: string; readonly message: string } | undefined {
  const name = /Credential=([^/]+)\//.exec(headers.authorization ?? '')?.[1] ?? ''
  const statements = roles[name]
  if (statements === undefined) {
    return {
      type: 'UnrecognizedClientException',
      message: 'The security token included in the request is invalid.',
    }
  }
  const target = String(headers['x-amz-target'])
  for (const call of callsOf(target, JSON.parse(body.toString()), tableKeyArn)) {
    onCall({ function: name, ...call })
    if (isAllowed(statements, call)) continue
    onDenial({ function: name, ...call })
    const message = `User: ${name} is not authorized to perform: ${call.action} on resource: ${call.resource}`
    return { type: 'AccessDeniedException', message }
  }
  return undefined
}
