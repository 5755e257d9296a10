// The query of the list of connections.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ServiceError } from '#domain/errors.ts'
import { parseQuery } from '#http/message/parse.ts'
import { queryParameters } from '#http/message/request.ts'
import { listQuerySchema } from '#http/wire/list-query.ts'
import { aRequest } from '../events.ts'

const APP = `app_${'0'.repeat(26)}`
const CONNECTION = `conn_${'0'.repeat(26)}`
const parse = (query: string) => parseQuery(listQuerySchema, queryParameters(aRequest({ query })))

test('without parameters asks for the first twenty of all', () => {
  expect(parse('')).toEqual({ filter: {}, limit: 20 })
})

test('with all of them asks for just that', () => {
  const query = `end_user_id=a%20b%2Bc&app_id=${APP}&status=active&limit=100&cursor=${CONNECTION}`
  expect(parse(query)).toEqual({
    filter: { endUserId: 'a b+c', appId: APP, status: 'active' },
    limit: 100,
    after: CONNECTION,
  })
})

test('of a parameter that is repeated, the last one counts', () => {
  expect(parse('limit=5&limit=6')).toMatchObject({ limit: 6 })
})

test('unknown parameters are ignored', () => {
  expect(parse('tenant_id=ten_other&__proto__=x')).toEqual({ filter: {}, limit: 20 })
})

describe('a parameter that breaks its rule', () => {
  test.each([
    ['limit', 'limit=0'],
    ['limit', 'limit=101'],
    ['limit', 'limit=-1'],
    ['limit', 'limit=1.5'],
    ['limit', 'limit=0x10'],
    ['limit', 'limit=1e1'],
    ['limit', 'limit='],
    ['limit', 'limit=ten'],
    ['limit', 'limit=Infinity'],
    ['status', 'status=ACTIVE'],
    ['status', 'status='],
    ['status', 'status=revoked'],
    ['app_id', `app_id=${CONNECTION}`],
    ['cursor', 'cursor=next'],
    ['cursor', `cursor=${APP}`],
    ['end_user_id', 'end_user_id='],
    ['end_user_id', `end_user_id=${'x'.repeat(257)}`],
  ])('(%s) is named: %s', (parameter, query) => {
    expect(() => parse(query)).toThrow(
      expect.objectContaining({
        code: 'validation_failed',
        extensions: { errors: [{ parameter, detail: expect.any(String) }] },
      }),
    )
  })
})

test('any query is either understood within the bounds or refused', () => {
  const name = fc.constantFrom('limit', 'status', 'cursor', 'app_id', 'end_user_id', 'x')
  const pair = fc.tuple(name, fc.oneof(fc.string(), fc.integer().map(String)))
  fc.assert(
    fc.property(fc.array(pair), (pairs) => {
      try {
        const { limit } = parse(new URLSearchParams(pairs).toString())
        expect(Number.isInteger(limit) && limit >= 1 && limit <= 100).toBe(true)
      } catch (error) {
        if (!(error instanceof ServiceError)) throw error
        expect(error.code).toBe('validation_failed')
      }
    }),
  )
})
