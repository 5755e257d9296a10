// Which keys there are, and when two calls with the same key are the same call.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fingerprintOf, type IdempotencyKey, parseIdempotencyKey } from '#domain/proxy/idempotency.ts'
import { MAX_KEPT_BYTES, openAnswer, sealAnswer } from '#domain/proxy/kept-answer.ts'
import type { ProxyRequest } from '#domain/proxy/proxy-request.ts'
import { aKeyedCall, newId } from '../../contracts/samples.ts'
import { fakeServices } from '../../fakes.ts'

const KEY = '8e03978e-40d5-43e8-bc93-6894a57f9324'

describe('a key', () => {
  test.each([KEY, `"${KEY}"`])('is accepted with quotes and without: %s', (value) => {
    expect(parseIdempotencyKey(value)).toBe(KEY)
  })

  test.each(['a', '!#$%&()*+-./:;<=>?@[]^_`{|}~', 'x'.repeat(255)])(
    'may contain any visible ASCII character: %s',
    (value) => {
      expect(parseIdempotencyKey(value)).toBe(value)
    },
  )

  test.each([
    '',
    '""',
    'x'.repeat(256),
    'a b',
    'a,b',
    '"a", "b"',
    'a"b',
    'a\\b',
    'ü',
    'a\u0000',
    '"a',
    "'\n",
  ])('is not %j', (value) => {
    expect(parseIdempotencyKey(value)).toBeUndefined()
  })
})

describe('a fingerprint', () => {
  const request: ProxyRequest = {
    connectionId: newId('connection'),
    method: 'POST',
    segments: ['contacts', '1'],
    rawQuery: 'a=1',
    headers: [['content-type', 'application/json']],
    body: Buffer.from('{}'),
    requestId: 'one',
  }
  const key = KEY as IdempotencyKey
  const print = (change: Partial<ProxyRequest>) => fingerprintOf(key, { ...request, ...change })

  test.each<[string, Partial<ProxyRequest>]>([
    ['method', { method: 'PUT' }],
    ['path', { segments: ['contacts', '2'] }],
    ['cut of the path', { segments: ['contacts/1'] }],
    ['query', { rawQuery: 'a=%31' }],
    ['content type', { headers: [['content-type', 'application/json; charset=utf-8']] }],
    ['body', { body: Buffer.from('{ }') }],
    ['body, which is gone', { body: Buffer.from('') }],
  ])('differs with the %s', (_, change) => {
    expect(print(change)).not.toBe(print({}))
  })

  test('does not differ with other headers and the request id', () => {
    const headers = [['user-agent', 'other'], ...request.headers] as const
    expect(print({ headers, requestId: 'two' })).toBe(print({}))
    const { body: _, ...bare } = request
    expect(fingerprintOf(key, bare)).toBe(print({ body: Buffer.from('') }))
  })

  test('cannot be guessed without the key', () => {
    expect(fingerprintOf('other' as IdempotencyKey, request)).not.toBe(print({}))
  })

  test('keeps its members apart', () => {
    const text = fc.string()
    fc.assert(
      fc.property(text, text, text, text, (query, type, otherQuery, otherType) => {
        const one = print({ rawQuery: query, headers: [['content-type', type]] })
        const other = print({ rawQuery: otherQuery, headers: [['content-type', otherType]] })
        expect(one === other).toBe(query === otherQuery && type === otherType)
      }),
    )
  })
})

describe('a kept answer', () => {
  async function kept(answer: Parameters<typeof sealAnswer>[2]) {
    const { vault } = fakeServices()
    const call = aKeyedCall(newId('tenant'))
    const sealed = sealAnswer(await vault.sealer(call.tenantId), call, answer)
    return { vault, call, sealed }
  }

  test('opens to the same bytes', async () => {
    const header = fc.tuple(fc.stringMatching(/^[a-z][a-z-]{0,9}$/), fc.string())
    const answers = fc.record({
      status: fc.integer({ min: 200, max: 599 }),
      headers: fc.array(header),
      body: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    })
    await fc.assert(
      fc.asyncProperty(answers, async (answer) => {
        const { vault, call, sealed } = await kept(answer)
        expect(await openAnswer(vault, call, sealed as never)).toEqual(answer)
      }),
      { numRuns: 50 },
    )
  })

  test('does not open in the place of another attempt, key, connection or tenant', async () => {
    const { vault, call, sealed } = await kept({ status: 200, headers: [], body: Buffer.from('x') })
    for (const change of [
      { attempt: 'other' },
      { keyHash: 'other' },
      { connectionId: newId('connection') },
      { tenantId: newId('tenant') },
    ]) {
      const moved = openAnswer(vault, { ...call, ...change }, sealed as never)
      await expect(moved).rejects.toMatchObject({ code: 'secret_unreadable' })
    }
  })

  test('of a megabyte of JSON fits into an item; of incompressible bytes, about 280 KB', async () => {
    const rows = Array.from({ length: 9000 }, (_, id) => ({
      id,
      email_address: `person-${id * 7919}@example.com`,
      tags: [],
    }))
    const json = Buffer.from(JSON.stringify({ rows, text: 'x'.repeat(400_000) }))
    expect(json.length).toBeGreaterThan(1_000_000)
    expect((await kept({ status: 200, headers: [], body: json })).sealed?.length).toBeLessThan(MAX_KEPT_BYTES)
    const noise = (size: number) => Buffer.from(fakeServices().randomBytes(size))
    expect((await kept({ status: 200, headers: [], body: noise(280_000) })).sealed).toBeDefined()
    expect((await kept({ status: 200, headers: [], body: noise(300_000) })).sealed).toBeUndefined()
  })
})
