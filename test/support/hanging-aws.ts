// DynamoDB, KMS and SQS behind one address, for one process. From a call on, one of them accepts calls and never answers, or
// stops after the head of its answer.
import { request, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { listenForPrograms } from '../../infra/local/loopback-server.ts'

export type AwsService = 'DynamoDB' | 'KMS' | 'SQS'
export type Hang = 'never answers' | 'stops after the head'

export interface HangingAws {
  readonly url: string
  /** The calls so far: a service and its operation. */
  readonly calls: readonly (readonly [AwsService, string])[]
  /** From the call with this index on, counted from now, its service hangs. */
  hangFrom(index: number, how: Hang): void
  /** From now on a service hangs. */
  hang(service: AwsService, how: Hang): void
  /** Everything answers again. Calls that hang go on hanging. */
  lift(): void
  close(): Promise<void>
}

const TARGETS: readonly [string, AwsService][] = [
  ['DynamoDB', 'DynamoDB'],
  ['TrentService', 'KMS'],
  ['AmazonSQS', 'SQS'],
]

/** @param upstream the URLs of the emulators */
export async function startHangingAws(upstream: Readonly<Record<AwsService, string>>): Promise<HangingAws> {
  const calls: [AwsService, string][] = []
  const hanging = new Map<AwsService, Hang>()
  const open = new Set<ServerResponse>()
  let next: { readonly at: number; readonly how: Hang } | undefined
  const server = await listenForPrograms(0, async (incoming, response) => {
    const target = String(incoming.headers['x-amz-target'])
    const service = TARGETS.find(([prefix]) => target.startsWith(prefix))?.[1] ?? 'SQS'
    calls.push([service, target.split('.').at(-1) ?? ''])
    if (next !== undefined && calls.length > next.at) {
      hanging.set(service, next.how)
      next = undefined
    }
    const how = hanging.get(service)
    const body = await buffer(incoming)
    if (how !== undefined) {
      open.add(response)
      if (how === 'never answers') return
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0', 'content-length': 4000 })
      return response.flushHeaders()
    }
    const { hostname, port, host } = new URL(upstream[service])
    const headers = { ...incoming.headers, host }
    const { method, url: path } = incoming
    const outgoing = request({ hostname, port, path, method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    outgoing.once('error', () => response.destroy())
    outgoing.end(body)
  })
  return {
    url: server.url,
    calls,
    hangFrom(index, how) {
      next = { at: calls.length + index, how }
    },
    hang: (service, how) => void hanging.set(service, how),
    lift() {
      next = undefined
      hanging.clear()
    },
    async close() {
      for (const response of open) response.destroy()
      await server.close()
    },
  }
}
