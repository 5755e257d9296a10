// One request and its answer on one socket. Whatever is not a whole answer to a whole request closes the socket.
import type { ClientRequest, IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { Body, malformed, type OutgoingResponse, readHead } from './answer-reader.ts'
import { codeOf, OutgoingError, TLS_FAULT } from './error.ts'
import { keepFor } from './sockets.ts'

/** A kept socket turned out to be closed by the other side: not a byte of an answer came. */
export class StaleSocket extends Error {}

/** Interim answers (RFC 9110 section 15.2): more are a flood. */
const MAX_INTERIM_ANSWERS = 10

/**
 * Sends the body, if there is one, and waits for the whole answer.
 * @throws OutgoingError unreachable; untrusted; timeout; lost; too_large. StaleSocket
 */
export function exchange(
  request: ClientRequest,
  method: string,
  body: Uint8Array | undefined,
  milliseconds: number,
): Promise<OutgoingResponse> {
  return new Promise((resolve, reject) => {
    let late: NodeJS.Immediate | undefined
    const stop = () => {
      clearTimeout(timer)
      clearImmediate(late)
    }
    const fail = (error: Error) => {
      stop()
      request.destroy()
      reject(error)
    }
    const timer = setTimeout(() => {
      // Node runs timers before it reads sockets. A process that had no CPU reads first what came in time.
      late = setImmediate(() => fail(new OutgoingError('timeout', 'no complete answer within the deadline')))
    }, milliseconds)
    const sent = watchSocket(request)
    let interim = 0
    request.on('information', () => {
      interim += 1
      if (interim > MAX_INTERIM_ANSWERS) fail(malformed(`more than ${MAX_INTERIM_ANSWERS} interim answers`))
    })
    // Without a handler Node would say that the socket hung up; a change of protocols was not asked for.
    request.on('upgrade', () => fail(malformed('another protocol')))
    request.on('error', (error) => fail(sent.faultOf(codeOf(error))))
    request.on('response', (response) => {
      readAnswer(request, response, method).then((answer) => {
        stop()
        resolve(answer)
      }, fail)
    })
    request.end(body)
  })
}

function readAnswer(
  request: ClientRequest,
  response: IncomingMessage,
  method: string,
): Promise<OutgoingResponse> {
  return new Promise((resolve, reject) => {
    const { headers, keptSeconds } = readHead(response, method)
    // Node takes it from the answer before its end.
    const { socket } = response
    const body = new Body()
    response.on('data', (piece: Buffer) => {
      try {
        body.take(piece)
      } catch (error) {
        reject(error)
      }
    })
    response.on('error', (error) => reject(new OutgoingError('lost', codeOf(error))))
    response.on('end', () => {
      if (!response.complete) return
      // An answer before the request went out in full is one to something else.
      if (request.writableFinished) keepFor(socket, keptSeconds)
      else socket.destroy()
      resolve({ status: response.statusCode ?? 0, headers, body: body.whole() })
    })
  })
}

/** Tells from what happened on the socket whether a request that failed may have been carried out. */
function watchSocket(request: ClientRequest): { faultOf(detail: string): Error } {
  let ready = false
  let reused: { readonly socket: Socket; readonly bytesRead: number } | undefined
  request.once('socket', (socket) => {
    if (request.reusedSocket) {
      ready = true
      reused = { socket, bytesRead: socket.bytesRead }
    } else {
      socket.once(request.protocol === 'https:' ? 'secureConnect' : 'connect', () => {
        ready = true
      })
    }
  })
  return {
    faultOf(detail) {
      if (!ready) return new OutgoingError(TLS_FAULT.test(detail) ? 'untrusted' : 'unreachable', detail)
      const stale = reused && reused.socket.bytesRead === reused.bytesRead
      return stale ? new StaleSocket(detail) : new OutgoingError('lost', detail)
    },
  }
}
