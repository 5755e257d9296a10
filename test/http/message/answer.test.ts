// Answers in the form of API Gateway: text as text, bytes as base64, nothing that does not fit.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { json, noContent, redirect, toResult } from '#http/message/answer.ts'

const withType = (body: Uint8Array, headers: Record<string, string>) =>
  toResult({ status: 200, headers, body })
const bytesOf = ({ body = '', isBase64Encoded = false }: ReturnType<typeof toResult>) =>
  Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8')

describe('a body of bytes', () => {
  test.each(['application/json', 'application/problem+json; charset=utf-8', 'text/html', 'text/csv'])(
    'goes as text when it is %s',
    (type) => {
      expect(withType(Buffer.from('"ü"'), { 'content-type': type })).toMatchObject({ body: '"ü"' })
    },
  )

  test.each<[string, Uint8Array, Record<string, string>]>([
    ['an image', Uint8Array.of(1, 2, 3), { 'content-type': 'image/png' }],
    ['of an unknown type', Buffer.from('x'), {}],
    ['compressed', Buffer.from('x'), { 'content-type': 'application/json', 'content-encoding': 'gzip' }],
    ['text in another encoding', Uint8Array.of(0xe9), { 'content-type': 'text/plain; charset=iso-8859-1' }],
  ])('goes as base64 when it is %s', (_, body, headers) => {
    expect(withType(body, headers)).toMatchObject({
      isBase64Encoded: true,
      body: Buffer.from(body).toString('base64'),
    })
  })

  test('arrives byte for byte, whatever it is', () => {
    const type = fc.constantFrom('text/plain', 'application/json', 'application/octet-stream', '')
    fc.assert(
      fc.property(fc.uint8Array(), type, (body, contentType) => {
        const result = withType(body, { 'content-type': contentType })
        expect(bytesOf(result).equals(body)).toBe(true)
      }),
    )
  })

  test('keeps its byte order mark', () => {
    const body = Buffer.from('\ufeff{}')
    expect(bytesOf(withType(body, { 'content-type': 'application/json' })).equals(body)).toBe(true)
  })

  test('that is a view of a larger buffer is sent without the rest of the buffer', () => {
    const body = Buffer.from('secret{}secret').subarray(6, 8)
    expect(withType(body, { 'content-type': 'application/json' }).body).toBe('{}')
    expect(bytesOf(withType(body, {})).toString()).toBe('{}')
  })
})

describe('an answer larger than a Lambda response', () => {
  const MIB = 1024 * 1024
  const text = { 'content-type': 'text/plain' }

  test.each<[string, Uint8Array, Record<string, string>]>([
    ['as text', Buffer.alloc(6 * MIB, 'a'), text],
    ['as base64, which takes a third more', Buffer.alloc(4.6 * MIB), {}],
    ['as text whose quotes take two bytes each', Buffer.alloc(3.2 * MIB, '"'), text],
  ])('(%s) is refused, with advice', (_, body, headers) => {
    expect(() => withType(body, headers)).toThrow(
      expect.objectContaining({
        code: 'upstream_response_too_large',
        message: expect.stringMatching(/less/),
      }),
    )
  })

  test.each<[string, Uint8Array, Record<string, string>]>([
    ['text', Buffer.alloc(5.9 * MIB, 'a'), text],
    ['bytes', Buffer.alloc(4.4 * MIB), {}],
  ])('is not one whose %s just fits', (_, body, headers) => {
    expect(withType(body, headers).statusCode).toBe(200)
  })
})

test('no answer of ours may be stored by a cache', () => {
  for (const answer of [json(200, {}), noContent, redirect('https://a.example/')]) {
    expect(answer.headers['cache-control']).toBe('no-store')
  }
})

test('a redirect sends no referrer and sets its cookies', () => {
  expect(toResult(redirect('https://a.example/?x=1', ['a=b; Path=/']))).toMatchObject({
    statusCode: 302,
    headers: { location: 'https://a.example/?x=1', 'referrer-policy': 'no-referrer' },
    cookies: ['a=b; Path=/'],
  })
})

test('an answer without a body has none', () => {
  expect(toResult(noContent)).not.toHaveProperty('body')
})
