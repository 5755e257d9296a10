// Posts webhooks to servers that tenants choose. Such a server may be hostile: the address is judged as it is used, the answer is read
// for 64 KB and 15 seconds at most, no redirect is followed, and each request has a socket of its own.
import type { lookup } from 'node:dns'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { isLoopback } from '#domain/tenants/web-url.ts'
import type { AttemptFault } from '#domain/webhooks/delivery.ts'
import type { WebhookAnswer, WebhookClient, WebhookRequest } from '#domain/webhooks/ports.ts'
import { faultOfTarget } from '#domain/webhooks/target.ts'
import { codeOf, TLS_FAULT } from '../outgoing/error.ts'
import { AddressRefused, type Guard, guardedLookup } from '../outgoing/guarded-lookup.ts'

const MAX_READ_BYTES = 64 * 1024
const SHOWN_BYTES = 1024
const USER_AGENT = 'FunnelConnect-Webhooks/1.0'

export class WebhookPoster implements WebhookClient {
  readonly #publicUrl: string
  readonly #guard: Guard

  /** @param publicUrl of this service. On loopback, as on the local stack, servers on loopback are called, too */
  constructor(publicUrl: string, resolve?: typeof lookup) {
    this.#publicUrl = publicUrl
    this.#guard = guardedLookup(isLoopback(new URL(publicUrl)), resolve)
  }

  async post(request: WebhookRequest): Promise<WebhookAnswer> {
    const begun = performance.now()
    const answer = await this.#exchange(request).catch((error): Omit<WebhookAnswer, 'milliseconds'> => {
      return { fault: error instanceof AddressRefused ? 'address_refused' : 'lost' }
    })
    return { ...answer, milliseconds: Math.round(performance.now() - begun) }
  }

  async #exchange({ url, headers, body, deadlineMilliseconds }: WebhookRequest) {
    // The rules may have become stricter since the endpoint was stored.
    if (faultOfTarget(url, this.#publicUrl) !== undefined) return { fault: 'address_refused' as const }
    const target = new URL(url)
    this.#guard.checkHost(target.hostname)
    const { request } = process.getBuiltinModule(target.protocol === 'http:' ? 'node:http' : 'node:https')
    const sent = request(target, {
      method: 'POST',
      agent: false,
      lookup: this.#guard.lookup,
      headers: { ...headers, 'user-agent': USER_AGENT, 'content-length': String(Buffer.byteLength(body)) },
    })
    sent.end(body)
    return answerOf(sent, deadlineMilliseconds)
  }
}

/** The answer, or the fault. An answer counts once its head is there, however its body ends. */
function answerOf(
  request: ClientRequest,
  milliseconds: number,
): Promise<Omit<WebhookAnswer, 'milliseconds'>> {
  return new Promise((resolve) => {
    let response: IncomingMessage | undefined
    let connected = false
    const pieces: Buffer[] = []
    let size = 0
    const finish = (fault: AttemptFault) => {
      clearTimeout(timer)
      request.destroy()
      resolve(response === undefined ? { fault } : answerFrom(response, Buffer.concat(pieces)))
    }
    const timer = setTimeout(() => finish('timeout'), milliseconds)
    request.once('socket', (socket) => {
      socket.once('secureConnect', () => {
        connected = true
      })
      socket.once('connect', () => {
        connected ||= request.protocol === 'http:'
      })
    })
    request.on('error', (error) => {
      const code = codeOf(error)
      const unsent = TLS_FAULT.test(code) ? 'untrusted' : 'unreachable'
      finish(error instanceof AddressRefused ? 'address_refused' : connected ? 'lost' : unsent)
    })
    // A change of protocols was not asked for.
    request.on('upgrade', () => finish('lost'))
    request.on('response', (incoming) => {
      response = incoming
      incoming.on('data', (piece: Buffer) => {
        size += piece.length
        if (pieces.length === 0 || size <= SHOWN_BYTES * 2) pieces.push(piece.subarray(0, SHOWN_BYTES))
        if (size > MAX_READ_BYTES) finish('lost')
      })
      incoming.on('end', () => finish('lost'))
      incoming.on('error', () => finish('lost'))
    })
  })
}

function answerFrom({ statusCode = 0, headers }: IncomingMessage, body: Buffer) {
  const retryAfter = headers['retry-after']
  const answer = new TextDecoder().decode(body.subarray(0, SHOWN_BYTES))
  return {
    status: statusCode,
    ...(retryAfter !== undefined && { retryAfter }),
    ...(answer !== '' && { answer }),
  }
}
