// A process goes on after its answer: the function tells Lambda that it may freeze the process only when the work in the
// background has ended. The server of this test stands in for Lambda's Extensions API.
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Context } from 'aws-lambda'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { epochSeconds } from '#domain/time.ts'
import { ProcessBackground } from '#runtime/background.ts'
import { onLambda } from '#runtime/lambda.ts'
import { FakeLog } from '../fakes/log.ts'

const calls: string[] = []
let registers = true
let waiting: ServerResponse | undefined
let asked = 0
const server = createServer(async (request, response) => {
  const { method, url, headers } = request
  if (url?.endsWith('/register')) {
    calls.push(`${method} ${url} ${headers['lambda-extension-name']} ${await text(request)}`)
    response.writeHead(registers ? 200 : 403, { 'lambda-extension-identifier': 'extension-1' }).end('{}')
  } else if (headers['lambda-extension-identifier'] === 'extension-1') {
    asked += 1
    waiting = response
  } else response.writeHead(403).end()
})

let log: FakeLog
beforeEach(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  vi.stubEnv('AWS_LAMBDA_RUNTIME_API', `127.0.0.1:${(server.address() as AddressInfo).port}`)
  vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'service')
  vi.stubEnv('PUBLIC_URL', 'https://connect.example.com')
  log = new FakeLog()
  calls.length = 0
  asked = 0
  registers = true
})
afterEach(async () => {
  vi.unstubAllEnvs()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

/** The function "service", which waits for work until half a second has passed. */
function start(answersFirst: boolean, resume?: () => Promise<void>) {
  const { promise: work, resolve: end } = Promise.withResolvers<object>()
  const background = new ProcessBackground(log)
  const build = () => async () => {
    const done = await background.within(work, epochSeconds(Date.now() / 1000))
    return done === undefined ? 'given up' : 'done'
  }
  const ports = { log, background, ...(resume && { resume }) }
  const started = onLambda(
    'service',
    () => ports,
    build,
    answersFirst ? () => import('#runtime/extension.ts') : undefined,
  )
  return { started, end: () => end({}) }
}
const contextOf = (awsRequestId = '') => ({ awsRequestId, getRemainingTimeInMillis: () => 29_000 }) as Context
const invoke = (requestId: string) => {
  waiting?.end(JSON.stringify({ eventType: 'INVOKE', requestId }))
  return contextOf(requestId)
}
const pause = () => new Promise((resolve) => setTimeout(resolve, 50))

describe('a function that answers first', () => {
  test('registers as an extension, and asks for the next event when the work has ended', async () => {
    const { started, end } = start(true)
    const handler = await started
    expect(calls).toEqual([
      'POST /2020-01-01/extension/register funnel-connect-background {"events":["INVOKE"]}',
    ])
    await expect.poll(() => asked).toBe(1)
    expect(await handler({}, invoke('request-1'))).toBe('given up')
    await pause()
    expect(asked).toBe(1)
    end()
    await expect.poll(() => asked).toBe(2)
    expect(await handler({}, invoke('request-2'))).toBe('done')
    await expect.poll(() => asked).toBe(3)
    expect(log.entries).toEqual([])
  })

  test('waits for an answer that comes after the event', async () => {
    const { started, end } = start(true)
    const handler = await started
    await expect.poll(() => asked).toBe(1)
    const context = invoke('request-1')
    await pause()
    expect(asked).toBe(1)
    end()
    await handler({}, context)
    await expect.poll(() => asked).toBe(2)
  })

  test('that Lambda does not register answers when the work has ended', async () => {
    registers = false
    const { started, end } = start(true)
    const handler = await started
    expect(log.entries).toMatchObject([{ level: 'warn' }])
    let answered = false
    const answer = handler({}, contextOf()).finally(() => {
      answered = true
    })
    await pause()
    expect(answered).toBe(false)
    end()
    await answer
  })
})

test('any other function registers nothing, and answers when the work in the background has ended', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const { started, end } = start(false, () => promise)
  const handler = await started
  end()
  let answered = false
  const answer = handler({}, contextOf()).finally(() => {
    answered = true
  })
  await pause()
  expect([answered, calls]).toEqual([false, []])
  resolve()
  expect(await answer).toBe('done')
})

test('a function answers before Lambda ends it, whatever hangs in the background', async () => {
  const { started } = start(false, () => new Promise(() => {}))
  const handler = await started
  const context = { getRemainingTimeInMillis: () => 600 } as Context
  expect(await handler({}, context)).toBe('given up')
})

test('work that fails after its caller was given up is logged, and ends no process', async () => {
  const background = new ProcessBackground(log)
  const { promise, reject } = Promise.withResolvers<object>()
  expect(await background.within(promise, epochSeconds(0))).toBeUndefined()
  reject(new Error('late'))
  await background.settled()
  expect(log.entries).toMatchObject([{ level: 'warn', fields: { error: { message: 'late' } } }])
})

test('work that fails in time fails for its caller', async () => {
  const background = new ProcessBackground(log)
  const failing = background.within(
    Promise.reject(new Error('in time')),
    epochSeconds(Date.now() / 1000 + 60),
  )
  await expect(failing).rejects.toThrow('in time')
  expect(log.entries).toEqual([])
})
