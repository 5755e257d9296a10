// Functions in their sandboxes: only their own environment, Lambda's failures, restarts and limits.
import { afterEach, expect, test } from 'vitest'
import { readDeployment } from '../../infra/local/cloudformation/template.ts'
import { type FunctionLog, LambdaHost } from '../../infra/local/lambda/host.ts'
import { type FixtureFunction, writeFixtureApp } from '../support/fixture-app.ts'

const logs: FunctionLog[] = []
const hosts: LambdaHost[] = []
afterEach(async () => {
  for (const host of hosts.splice(0)) await host.close()
  logs.length = 0
})

function hostOf(source: string, settings: Partial<FixtureFunction> = {}) {
  const host = newHost(source, settings)
  return (event: unknown = {}) => host.invoke('probe', event)
}

function newHost(source: string, settings: Partial<FixtureFunction> = {}): LambdaHost {
  const directory = writeFixtureApp({ probe: { source, ...settings } })
  const { functions } = readDeployment(directory, { publicUrl: 'http://127.0.0.1:1', parameters: {} })
  const environment = { AWS_ENDPOINT_URL_KMS: 'http://127.0.0.1:2', AWS_REGION: 'us-east-1' }
  const host = new LambdaHost(functions, { environment, onLog: (log) => logs.push(log) })
  hosts.push(host)
  return host
}

test('a function sees what its template and Lambda give it, and nothing of this process', async () => {
  process.env.SECRET_OF_THE_DEVELOPER = 'x'
  const invoke = hostOf('export const handler = async () => ({ ...process.env })')
  const environment = (await invoke()) as Record<string, string>
  delete process.env.SECRET_OF_THE_DEVELOPER
  expect(environment).toMatchObject({
    PUBLIC_URL: 'http://127.0.0.1:1',
    AWS_ENDPOINT_URL_KMS: 'http://127.0.0.1:2',
    AWS_REGION: 'us-east-1',
    AWS_LAMBDA_FUNCTION_NAME: 'probe',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
    TZ: ':UTC',
  })
  for (const ours of ['SECRET_OF_THE_DEVELOPER', 'PATH', 'HOME', 'VITEST'])
    expect(environment).not.toHaveProperty(ours)
})

test('a module is imported once, and serves invocations at the same time', async () => {
  const invoke = hostOf(`
    let imports = 0; imports++; let count = 0; let release
    const both = new Promise((resolve) => { release = resolve })
    export const handler = async () => { if (++count === 2) release(); await both; return { imports, count } }`)
  expect(await Promise.all([invoke(), invoke()])).toEqual([
    { imports: 1, count: 2 },
    { imports: 1, count: 2 },
  ])
})

test('the context tells the time that remains', async () => {
  const invoke = hostOf(
    `export const handler = async (event, context) => ({
      left: context.getRemainingTimeInMillis(), id: context.awsRequestId, memory: context.memoryLimitInMB })`,
    { timeoutSeconds: 5 },
  )
  const context = (await invoke()) as { left: number; id: string; memory: string }
  expect(context.left).toBeGreaterThan(2000)
  expect(context.left).toBeLessThanOrEqual(5000)
  expect(context.memory).toBe('512')
  expect(context.id).toMatch(/^[0-9a-f-]{36}$/)
})

test('what a function throws is a failure with its name and message, and is logged as Lambda does', async () => {
  const invoke = hostOf(`export const handler = async () => { throw new TypeError('no such thing') }`)
  await expect(invoke()).rejects.toMatchObject({
    failure: { errorType: 'TypeError', errorMessage: 'no such thing' },
  })
  expect(output()).toMatch(/ERROR Invoke Error [0-9a-f-]{36} TypeError: no such thing/)
})

test('output has arrived before the answer, whichever way it was written', async () => {
  const invoke = hostOf(`export const handler = async () => {
    console.log('one'); console.error('two'); process.stdout.write('three'); return 1 }`)
  expect(await invoke()).toBe(1)
  expect(output()).toBe('one\ntwo\nthree')
})

test.each([
  ['an uncaught error', `setImmediate(() => { throw new Error('boom') })`, 'Error'],
  ['an unhandled rejection', `Promise.reject(new Error('boom'))`, 'Error'],
  ['an exit', 'process.exit(3)', 'Runtime.ExitError'],
])(
  '%s ends the sandbox and the invocations in it; the next one gets a new sandbox',
  async (_, crash, errorType) => {
    const invoke = hostOf(`let count = 0; export const handler = async (event) => {
    count++; if (event.crash) { ${crash}; await new Promise(() => {}) } return count }`)
    expect(await invoke()).toBe(1)
    const other = invoke({ crash: true })
    await expect(other).rejects.toMatchObject({ failure: { errorType } })
    expect(await invoke()).toBe(1)
  },
)

test('a sandbox that is recycled finishes what it has begun; the next invocation gets a new one', async () => {
  const host = newHost(`let count = 0; export const handler = async ({ wait }) => {
    count++; if (wait) await new Promise((resolve) => setTimeout(resolve, 50)); return count }`)
  host.recycle('probe')
  expect(await host.invoke('probe', {})).toBe(1)
  const begun = host.invoke('probe', { wait: true })
  host.recycle('probe')
  expect(await host.invoke('probe', {})).toBe(1)
  expect(await begun).toBe(2)
})

test('a function that cannot be imported fails each invocation with the reason', async () => {
  const invoke = hostOf(`throw new Error('no TABLE_NAME')`)
  await expect(invoke()).rejects.toMatchObject({ failure: { errorMessage: 'no TABLE_NAME' } })
  await expect(invoke()).rejects.toMatchObject({ failure: { errorMessage: 'no TABLE_NAME' } })
  expect(output()).toContain('no TABLE_NAME')
})

test("the template's timeout is enforced, on a waiting function and on one that never yields", async () => {
  const invoke = hostOf(
    `export const handler = async (event) => {
      if (event.wait) await new Promise((resolve) => setTimeout(resolve, 60_000))
      while (event.spin);
      return 'fine' }`,
    { timeoutSeconds: 1 },
  )
  const timeout = {
    failure: { errorType: 'Sandbox.Timedout', errorMessage: 'Task timed out after 1 seconds' },
  }
  await expect(invoke({ wait: true })).rejects.toMatchObject(timeout)
  await expect(invoke({ spin: true })).rejects.toMatchObject(timeout)
  expect(await invoke()).toBe('fine')
  expect(output()).toContain('Task timed out after 1 seconds')
})

test('an answer or event over 6 MB is a failure', async () => {
  const invoke = hostOf('export const handler = async ({ size }) => "x".repeat(size ?? 0)')
  await expect(invoke({ size: 6 * 1024 * 1024 })).rejects.toThrow('Response payload size exceeded')
  await expect(invoke({ text: 'x'.repeat(6 * 1024 * 1024) })).rejects.toThrow('Request payload size exceeded')
  expect(await invoke({ size: 5 })).toBe('xxxxx')
})

function output(): string {
  return logs.map(({ text }) => text).join('')
}
