// An upstream that answers too much, too late, too early, by halves, and to requests smuggled in bodies: whatever it does
// on one connection's sockets, no byte of it becomes the answer to another connection's call.

import type { AddressInfo } from 'node:net'
import { createServer, type Socket } from 'node:net'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sendRequest } from '#adapters/outgoing/client.ts'
import { wire } from '../../support/loopback-peer.ts'

const RUNS = Number(process.env.OUTGOING_ISOLATION_RUNS ?? 100)
const CONNECTIONS = ['conn_attacker', 'conn_victim', 'conn_third'] as const

/** What the upstream does with one request, beside or instead of a proper answer. */
const TRICKS = [
  'proper',
  'surplus',
  'surplus later',
  'surplus in pieces',
  'half and silence',
  'half and close',
  'early',
  'interim flood',
  'keeps the socket open after Connection: close',
  'answers the smuggled request',
  'chunks with a second answer behind',
] as const
type Trick = (typeof TRICKS)[number]

/** Each answer names the connection whose request it answers; the smuggled ones name who smuggled them. */
const answerTo = (who: string, extra: readonly string[] = []) => wire(200, extra, `for ${who}.`)

function play(socket: Socket, trick: Trick, who: string): void {
  const surplus = answerTo(who)
  switch (trick) {
    case 'surplus':
      return void socket.write(answerTo(who) + surplus)
    case 'surplus later':
      socket.write(answerTo(who))
      return void setTimeout(() => socket.write(surplus), 1)
    case 'surplus in pieces':
      socket.write(answerTo(who) + surplus.slice(0, 9))
      return void setImmediate(() => socket.write(surplus.slice(9)))
    case 'half and silence':
      return void socket.write(surplus.slice(0, -3))
    case 'half and close':
      return void socket.end(surplus.slice(0, 20))
    case 'interim flood':
      return void socket.write('HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(30) + answerTo(who))
    case 'keeps the socket open after Connection: close':
      socket.write(answerTo(who, ['Connection: close']))
      return void setTimeout(() => socket.write(surplus), 1)
    case 'chunks with a second answer behind':
      return void socket.write(
        `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nfor \r\n${(who.length + 1).toString(16)}\r\n${who}.\r\n0\r\n\r\n${surplus}`,
      )
    default:
      return void socket.write(answerTo(who))
  }
}

const tricks: Trick[] = []
let origin = ''
const sockets = new Set<Socket>()
/** Ignores Content-Length: what follows a head is the next request, which is how a body is smuggled. */
const server = createServer((socket) => {
  sockets.add(socket)
  socket.on('error', () => {})
  socket.on('close', () => sockets.delete(socket))
  let text = ''
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1')
    for (let end = text.indexOf('\r\n\r\n'); end !== -1; end = text.indexOf('\r\n\r\n')) {
      const head = text.slice(0, end)
      text = text.slice(end + 4)
      const who = /\r\nx-connection: (\S+)/i.exec(head)?.[1] ?? 'nothing known'
      const next = tricks.shift() ?? 'proper'
      // What is early comes with the answer before it, as the answer to a request that was not sent yet.
      play(socket, next === 'early' ? 'surplus' : next, who)
    }
  })
})
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(async () => {
  for (const socket of sockets) socket.destroy()
  await new Promise((resolve) => server.close(resolve))
})

const call = fc.record({
  connection: fc.constantFrom(...CONNECTIONS),
  method: fc.constantFrom('GET', 'POST', 'HEAD'),
  trick: fc.constantFrom(...TRICKS),
  smuggles: fc.boolean(),
  together: fc.boolean(),
})

test('no answer reaches the call of another connection', async () => {
  let answered = 0
  let refused = 0
  await fc.assert(
    fc.asyncProperty(fc.array(call, { minLength: 4, maxLength: 10 }), async (calls) => {
      const underWay: Promise<void>[] = []
      for (const { connection, method, trick, smuggles, together } of calls) {
        tricks.push(trick)
        const body = Buffer.from(`GET /stolen HTTP/1.1\r\nx-connection: ${connection}\r\n\r\n`)
        const sent = sendRequest({
          method,
          url: `${origin}/`,
          headers: [['x-connection', connection]],
          deadlineMilliseconds: 40,
          connection,
          ...(smuggles && { body }),
        }).then(
          (answer) => {
            answered += 1
            if (method !== 'HEAD') expect(Buffer.from(answer.body).toString()).toBe(`for ${connection}.`)
          },
          (error) => {
            refused += 1
            expect(error).toMatchObject({ name: 'OutgoingError' })
          },
        )
        if (together) underWay.push(sent)
        else await sent
      }
      await Promise.all(underWay)
      tricks.length = 0
    }),
    { numRuns: RUNS },
  )
  // Else nothing was compared, or nothing was played.
  expect(answered).toBeGreaterThan(RUNS)
  expect(refused).toBeGreaterThan(RUNS / 4)
})
