// A line of the log has what the runbook's queries ask for, and no secret.
import { afterEach, expect, test, vi } from 'vitest'
import { ServiceError } from '#domain/errors.ts'
import { Secret } from '#domain/secret.ts'
import { createLog } from '#runtime/logger.ts'

function line(fields?: Record<string, unknown>, level: 'info' | 'warn' | 'error' = 'info') {
  const lines: string[] = []
  createLog('proxy', (text) => lines.push(text))[level]('Request', fields)
  expect(lines).toEqual([expect.stringMatching(/^\{[^\n]*\}\n$/)])
  return JSON.parse(lines[0] ?? '')
}

afterEach(() => vi.unstubAllEnvs())

test('a line has its level, time, service and fields', () => {
  const { timestamp, ...rest } = line({ route: 'GET /v1/health', status: 200, tenant: undefined })
  expect(Date.now() - Date.parse(timestamp)).toBeLessThan(5_000)
  expect(rest).toEqual({
    level: 'INFO',
    service: 'proxy',
    message: 'Request',
    route: 'GET /v1/health',
    status: 200,
  })
  expect(line({}, 'warn').level).toBe('WARN')
  expect(line(undefined, 'error').level).toBe('ERROR')
})

test('a line names the trace that Lambda gave to the invocation', () => {
  vi.stubEnv('_X_AMZN_TRACE_ID', 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1')
  expect(line().xray_trace_id).toBe('1-5759e988-bd862e3fe1be46a994272793')
})

test('no field overwrites the own members of a line', () => {
  const forged = { level: 'DEBUG', message: 'another', service: 'another', timestamp: 0 }
  expect(line(forged)).toMatchObject({ level: 'INFO', message: 'Request', service: 'proxy' })
  expect(line(forged).timestamp).not.toBe(0)
})

test('an error is logged with its name, message, stack, cause and the fields of its class', () => {
  const cause = new TypeError('below', { cause: { status: 500 } })
  const { error } = line({ error: new ServiceError('not_found', 'There is none.', { cause }) })
  expect(error).toMatchObject({
    name: 'ServiceError',
    message: 'There is none.',
    code: 'not_found',
    cause: { name: 'TypeError', message: 'below', cause: { status: 500 } },
  })
  expect(error.stack).toContain('logger.test.ts')
})

test.each([
  'access_token',
  'accessToken',
  'refresh_token',
  'client_secret',
  'Authorization',
  'cookie',
  'set-cookie',
  'api_key',
  'code_verifier',
  'state',
  'password',
  'body',
])('a string named "%s" is redacted, at any depth', (name) => {
  const error = Object.assign(new Error('failed', { cause: { [name]: 'hunter2' } }), { [name]: 'hunter2' })
  const found = line({ [name]: 'hunter2', deep: [{ [name]: 'hunter2' }], error })
  expect(JSON.stringify(found)).not.toContain('hunter2')
  expect(found[name]).toBe('[redacted]')
})

test('a secret is redacted, and an error code is not', () => {
  expect(line({ token: new Secret('hunter2'), code: 'ECONNRESET' })).toMatchObject({
    token: '[redacted]',
    code: 'ECONNRESET',
  })
})

test('a line is written even if a field cannot be JSON', () => {
  const error: Error & { again?: unknown } = new Error('round')
  error.cause = error
  const round: Record<string, unknown> = { size: 12n }
  round.round = round
  const twice = { one: 1 }
  expect(line({ error, round, pair: [twice, twice] })).toMatchObject({
    error: { message: 'round' },
    round: { size: '12' },
    pair: [{ one: 1 }, { one: 1 }],
  })
})
