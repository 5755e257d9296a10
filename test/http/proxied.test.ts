// The translation of a proxied call between API Gateway's form and the domain's: nothing is lost, doubled or added.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ConnectionId } from '#domain/ids.ts'
import { proxiedPath, toProxyRequest, upstreamAnswer } from '#http/proxied.ts'
import { aRequest, REQUEST_ID } from './events.ts'

const ID = 'conn_00000000000000000000000000' as ConnectionId
const BASE = `/v1/connections/${ID}/proxy/`
const upstream = (headers: readonly (readonly [string, string])[]) =>
  upstreamAnswer({ status: 200, headers, body: Buffer.from('{}') })

test.each(['me', 'funnels/', 'a/proxy/b', 'proxy/', '', '/', '/x', 'ü b'])(
  'what follows the first "/proxy/" is the path, to the letter: %j',
  (path) => {
    expect(proxiedPath(aRequest({ path: BASE + path }))).toBe(path)
  },
)

describe('a request', () => {
  test('keeps method, raw query, headers and body, and is known by its id', () => {
    const body = Uint8Array.of(0, 255)
    const request = aRequest({
      method: 'PATCH',
      query: 'filter[id]=1,2&a=%2f&a=+',
      headers: { 'content-type': 'x/y', accept: '' },
      body,
    })
    expect(toProxyRequest(request, ID)).toEqual({
      connectionId: ID,
      facts: request.facts,
      method: 'PATCH',
      rawQuery: 'filter[id]=1,2&a=%2f&a=+',
      headers: [
        ['content-type', 'x/y'],
        ['accept', ''],
      ],
      requestId: REQUEST_ID,
      body: Buffer.from(body),
    })
  })

  test('without a body has none', () => {
    expect(toProxyRequest(aRequest(), ID)).not.toHaveProperty('body')
  })

  test('has the body it was sent, whether it came as text or as base64', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), (body) => {
        expect(toProxyRequest(aRequest({ body }), ID).body).toEqual(Buffer.from(body))
      }),
    )
    expect(toProxyRequest(aRequest({ body: 'ü' }), ID).body).toEqual(Buffer.from('ü'))
  })
})

describe('an answer', () => {
  test('keeps status and body, and names ClickFunnels as its author', () => {
    const answer = { status: 404, headers: [['etag', '"a"']], body: Buffer.from('{}') } as const
    expect(upstreamAnswer(answer)).toEqual({
      status: 404,
      headers: {
        etag: '"a"',
        'x-content-type-options': 'nosniff',
        'content-security-policy': 'sandbox',
        'funnel-connect-answer-by': 'clickfunnels',
      },
      body: answer.body,
    })
  })

  test('cannot claim to be ours', () => {
    const { headers } = upstream([['funnel-connect-answer-by', 'funnel-connect']])
    expect(headers['funnel-connect-answer-by']).toBe('clickfunnels')
  })

  test('has repeated headers joined in their order', () => {
    const { headers } = upstream([
      ['link', '<a>'],
      ['x', '1'],
      ['link', '<b>'],
      ['link', ''],
    ])
    expect(headers).toMatchObject({ link: '<a>, <b>, ', x: '1' })
  })

  test('has each header once, with the value that was sent, whatever its name', () => {
    const name = fc.oneof(fc.stringMatching(/^[a-z][a-z-]{0,8}$/), fc.constantFrom('constructor', 'x'))
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.string())), (headers) => {
        const answered = upstream(headers).headers
        for (const [name] of headers) {
          const values = headers.filter(([other]) => other === name).map(([, value]) => value)
          expect(answered[name]).toBe(values.join(', '))
        }
      }),
    )
  })
})
