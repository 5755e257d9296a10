// How a function starts: what it builds and calls before its first request, and what happens when a call fails.
import type { Context } from 'aws-lambda'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { ProcessBackground } from '#runtime/background.ts'
import { onLambda } from '#runtime/lambda.ts'
import { FakeLog } from '../fakes/log.ts'

let log: FakeLog
beforeEach(() => {
  log = new FakeLog()
  vi.stubEnv('PUBLIC_URL', 'https://connect.example.com')
})
afterEach(() => {
  vi.unstubAllEnvs()
  vi.useRealTimers()
})

/** The function "service". It answers how often it was built. */
function start(prime: () => Promise<void>) {
  let builds = 0
  const build = () => {
    builds += 1
    return async () => builds
  }
  return onLambda('service', () => ({ log, prime, background: new ProcessBackground(log) }), build)
}
const call = async (handler: Awaited<ReturnType<typeof start>>) => handler({}, {} as Context)

describe('in Lambda', () => {
  beforeEach(() => vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'service'))

  test('a function is built and primed before its first request, once', async () => {
    let primed = 0
    const handler = await start(async () => {
      primed += 1
    })
    expect(primed).toBe(1)
    expect([await call(handler), await call(handler), primed]).toEqual([1, 1, 1])
    expect(log.entries).toEqual([])
  })

  test('priming that fails is logged, and the function serves', async () => {
    const handler = await start(() => Promise.reject(new Error('no DynamoDB')))
    expect(log.entries).toMatchObject([{ level: 'warn', message: 'The process starts unprimed' }])
    expect(await call(handler)).toBe(1)
  })

  test('a function does not wait for priming that hangs', async () => {
    vi.useFakeTimers()
    const starting = start(() => new Promise(() => {}))
    await vi.advanceTimersByTimeAsync(1_500)
    expect(await call(await starting)).toBe(1)
    expect(log.entries).toHaveLength(1)
  })
})

test('outside Lambda the function is not primed, and is built at its first request', async () => {
  const handler = await start(() => Promise.reject(new Error('called')))
  expect(await call(handler)).toBe(1)
  expect(log.entries).toEqual([])
})
