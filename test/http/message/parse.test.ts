// What a request's body, query and path ids may be, and how a 400, 404 or 422 says what is wrong.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { endUserOf } from '#domain/callers/end-user-token.ts'
import { ServiceError } from '#domain/errors.ts'
import { parseBody, parseQuery } from '#http/message/parse.ts'
import { pathId } from '#http/message/path-id.ts'
import { jsonBody } from '#http/message/request.ts'
import { appChangeSchema } from '#http/wire/app.ts'
import { listQuerySchema } from '#http/wire/list-query.ts'
import { sessionRequestSchema } from '#http/wire/session.ts'
import { newTenantSchema } from '#http/wire/tenant.ts'
import { anIdentityProvider, newId } from '../../contracts/samples.ts'
import { aRequest } from '../events.ts'

const SESSION = { end_user: { id: 'user-1' }, return_url: 'https://saas.example.com/done' }

function errorOf(act: () => unknown): ServiceError {
  try {
    act()
  } catch (error) {
    if (error instanceof ServiceError) return error
    throw error
  }
  throw new Error('Nothing was thrown')
}
const pointers = (act: () => unknown) =>
  (errorOf(act).extensions.errors as { pointer: string }[]).map(({ pointer }) => pointer)

test('one rule decides which end user ids are valid, in a body and in a JWT', () => {
  const named = (id: string) =>
    parseBody(sessionRequestSchema, { ...SESSION, end_user: { id } }).endUser?.id === id
  const byBody = (id: string) => {
    try {
      return named(id)
    } catch {
      return false
    }
  }
  const provider = anIdentityProvider(newId('tenant'))
  const byToken = (id: string) => endUserOf({ sub: id }, provider)?.id === id
  const ids = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.string({ minLength: 190, maxLength: 260 }),
    fc.constantFrom('', 'x'.repeat(256), 'x'.repeat(257), 'ü'.repeat(100), 'ü'.repeat(101), 'a\ud800'),
  )
  fc.assert(
    fc.property(ids, (id) => {
      expect(byBody(id)).toBe(byToken(id))
    }),
  )
  expect(byBody('ü'.repeat(100))).toBe(true)
  expect(byBody('ü'.repeat(101))).toBe(false)
})

test.each(['', 'x'.repeat(257), 'ü'.repeat(257), 'ü'.repeat(101), 'a\ud800'])(
  'the end user id %j is refused with one broken rule',
  (id) => {
    const named = () => parseBody(sessionRequestSchema, { ...SESSION, end_user: { id } })
    expect(pointers(named)).toEqual(['#/end_user/id'])
  },
)

describe('a body', () => {
  test.each([
    ['text that is no JSON', '{"a":'],
    ['a second value behind the first', '{} {}'],
    ['bytes that are no UTF-8', Uint8Array.of(0x22, 0xff, 0x22)],
    ['a NUL byte', Uint8Array.of(0)],
  ])('of %s is malformed', (_, body) => {
    expect(errorOf(() => jsonBody(aRequest({ body })))).toMatchObject({ code: 'malformed_request' })
  })

  test('does not come back in the error', () => {
    const { message, cause } = errorOf(() => jsonBody(aRequest({ body: '{"client_secret":"s3cr3t"' })))
    expect(`${message} ${cause}`).not.toContain('s3cr3t')
  })

  test('is read alike as text and as base64', () => {
    const text = '{"name":"Zoë"}'
    expect(jsonBody(aRequest({ body: text }))).toEqual({ name: 'Zoë' })
    expect(jsonBody(aRequest({ body: Buffer.from(text) }))).toEqual({ name: 'Zoë' })
  })

  test('that is left out counts as an empty object', () => {
    expect(jsonBody(aRequest())).toEqual({})
    expect(jsonBody(aRequest({ body: '' }))).toEqual({})
  })

  test('may have 64 KiB and not a byte more', () => {
    const padded = (size: number) => `"${'x'.repeat(size - 2)}"`
    expect(jsonBody(aRequest({ body: padded(65_536) }))).toHaveLength(65_534)
    expect(errorOf(() => jsonBody(aRequest({ body: padded(65_537) })))).toMatchObject({
      code: 'request_too_large',
    })
  })
})

describe('a rule that is broken', () => {
  test.each<[string, unknown, string[]]>([
    ['a member that is missing', { end_user: { id: 'u' } }, ['#/return_url']],
    ['a member inside another', { ...SESSION, end_user: { id: 7 } }, ['#/end_user/id']],
    ['an empty text', { ...SESSION, end_user: { id: '' } }, ['#/end_user/id']],
    ['half a surrogate pair', { ...SESSION, end_user: { id: '\ud800' } }, ['#/end_user/id']],
    ['an id that is too long as a key', { ...SESSION, end_user: { id: '😀'.repeat(60) } }, ['#/end_user/id']],
    ['a value that is not of the set', { ...SESSION, completion: 'maybe' }, ['#/completion']],
    ['an id of another kind', { ...SESSION, app_id: `ten_${'0'.repeat(26)}` }, ['#/app_id']],
    [
      'several members',
      { end_user: 'user-1', completion: 1 },
      ['#/end_user', '#/return_url', '#/completion'],
    ],
    ['an array in the place of an object', [], ['#']],
    ['null in the place of an object', null, ['#']],
  ])('(%s) is named by JSON pointer', (_, body, expected) => {
    expect(pointers(() => parseBody(sessionRequestSchema, body))).toEqual(expected)
  })

  test('names the item of an array', () => {
    const body = { name: 'Saas', return_urls: ['https://a.example/', 'http://b.example/'] }
    expect(pointers(() => parseBody(newTenantSchema, body))).toEqual(['#/return_urls/1'])
    for (const url of [
      'https://*.example.com/',
      'https://a.example/*',
      'https://a.example/?x=*',
      'https://%2A.a.example/',
    ]) {
      const wild = { name: 'Saas', return_urls: [url] }
      expect(pointers(() => parseBody(newTenantSchema, wild))).toEqual(['#/return_urls/0'])
    }
  })

  test.each(['https://a.example/', 'https://a.example/x', 'https://A.example', 'https://a.example:443'])(
    '(%s is no origin as browsers send it) is refused',
    (origin) => {
      const body = { name: 'Saas', origins: [origin] }
      expect(pointers(() => parseBody(newTenantSchema, body))).toEqual(['#/origins/0'])
    },
  )

  test('does not repeat a client secret', () => {
    const error = errorOf(() => parseBody(appChangeSchema, { client_secret: 's3cr3t'.repeat(100) }))
    expect(JSON.stringify([error.message, error.extensions])).not.toContain('s3cr3t')
  })

  test('is the only error for any JSON value', () => {
    const parse = (body: unknown) => () => parseBody(sessionRequestSchema, body)
    fc.assert(
      fc.property(fc.jsonValue(), (body) => {
        expect(errorOf(parse(body)).code).toBe('validation_failed')
      }),
    )
  })
})

test.each<[unknown, string]>([
  [{ end_user: { id: 'u' } }, '"return_url" is required.'],
  [{ ...SESSION, end_user: { id: 7 } }, '"end_user/id" must be a string.'],
  [{ ...SESSION, end_user: { id: '' } }, '"end_user/id" must not be empty.'],
  [{ ...SESSION, end_user: { id: 'x'.repeat(257) } }, '"end_user/id" must have at most 256 characters.'],
  [{ ...SESSION, completion: 'maybe' }, '"completion" must be one of "verified", "confirmed".'],
  [{ ...SESSION, app_id: 'app_1' }, '"app_id" is not a valid app id.'],
  [{ ...SESSION, end_user: [] }, '"end_user" must be an object.'],
  [[], 'The body must be an object.'],
  [{ end_user: null, completion: 1 }, expect.stringContaining('; "return_url" is required; ')],
])('%j is refused in a full sentence', (body, sentence) => {
  expect(errorOf(() => parseBody(sessionRequestSchema, body)).message).toEqual(sentence)
})

test.each<[unknown, string]>([
  [{ limits: { connections: 0 } }, '"limits/connections" must be at least 1.'],
  [{ limits: { connections: 1.5 } }, '"limits/connections" must be a whole number.'],
  [{ origins: Array(51).fill('https://a.example') }, '"origins" must have at most 50 items.'],
  [{ origins: 'https://a.example' }, '"origins" must be an array.'],
])('%j is refused by its bound', (change, sentence) => {
  expect(errorOf(() => parseBody(newTenantSchema, { name: 'Saas', ...(change as object) })).message).toBe(
    sentence,
  )
})

test('fields that no schema names are dropped', () => {
  expect(parseBody(sessionRequestSchema, { ...SESSION, tenant_id: 'ten_other' })).toEqual({
    endUser: { id: 'user-1' },
    returnUrl: SESSION.return_url,
  })
})

test('a query that breaks a rule is named by parameter', () => {
  const { extensions, message } = errorOf(() => parseQuery(listQuerySchema, { limit: '0', status: 'x' }))
  expect(extensions.errors).toMatchObject([{ parameter: 'status' }, { parameter: 'limit' }])
  expect(message).toContain('"limit"')
})

test.each([undefined, '', 'nonsense', 'app_00000000000000000000000000', 'conn_0000000000000000000000000U'])(
  'a text in the path that is not an id (%s) is not found',
  (value) => {
    const error = errorOf(() => pathId('connection', value))
    expect(error).toMatchObject({ code: 'not_found', message: 'There is no such connection.' })
  },
)
