// verifyWebhook() against the reference implementation of Standard Webhooks: what one signs the other believes, and what one
// refuses the other refuses.
import fc from 'fast-check'
import { Webhook as Reference } from 'standardwebhooks'
import { describe, expect, test } from 'vitest'
import { type Event, verifyWebhook, WebhookError } from '../../client/src/server.ts'
import { forward } from '../../infra/cli/forward.ts'
import { startService } from './service.ts'

const secretOf = (byte: number) => `whsec_${Buffer.alloc(32, byte).toString('base64')}`
const [SECRET, FORMER, FOREIGN] = [secretOf(1), secretOf(2), secretOf(3)]

const eventWith = (data: object = {}): Event => ({
  id: 'evt_01k',
  type: 'connection.broken',
  timestamp: '2026-11-24T18:16:39Z',
  data: { connection_id: 'conn_01k', sequence: 3, reason: 'refresh_rejected', ...data },
})

/** As the reference signs it. @param age how many seconds ago */
function signed(body: string, { secret = SECRET, age = 0, id = 'evt_01k' } = {}) {
  const at = new Date(Math.floor(Date.now() / 1000 - age) * 1000)
  return {
    'webhook-id': id,
    'webhook-timestamp': String(at.getTime() / 1000),
    'webhook-signature': new Reference(secret).sign(id, at, body),
  }
}
const codeOf = (verified: Promise<unknown>) =>
  verified.then(
    () => 'believed',
    (error) => (error instanceof WebhookError ? error.code : error),
  )
function referenceBelieves(body: string, headers: Record<string, string>, secret = SECRET): boolean {
  try {
    new Reference(secret).verify(body, headers)
    return true
  } catch {
    return false
  }
}

describe('verifyWebhook()', () => {
  test('returns the event of what the reference signs, whatever is in it', async () => {
    const ids = fc.string({ minLength: 1, unit: fc.constantFrom(...'abcXYZ019_-') })
    await fc.assert(
      fc.asyncProperty(ids, fc.string({ unit: 'binary' }), async (id, label) => {
        const event = { ...eventWith({ label }), id }
        const body = JSON.stringify(event)
        expect(await verifyWebhook({ body, headers: signed(body, { id }), secret: SECRET })).toEqual(event)
      }),
    )
  })

  test('believes and refuses what the reference does when one character is changed', async () => {
    const body = JSON.stringify(eventWith())
    const genuine = signed(body)
    const names = Object.keys(genuine) as (keyof typeof genuine)[]
    const place = fc.tuple(
      fc.constantFrom('body' as const, ...names),
      fc.nat(),
      fc.constantFrom(...'0aZ.,= '),
    )
    await fc.assert(
      fc.asyncProperty(place, async ([where, at, character]) => {
        const change = (text: string) => text.replace(text.charAt(at % text.length), character)
        const headers = { ...genuine, ...(where !== 'body' && { [where]: change(genuine[where]) }) }
        const changed = where === 'body' ? change(body) : body
        const verdict = await codeOf(verifyWebhook({ body: changed, headers, secret: SECRET }))
        expect(verdict === 'believed', JSON.stringify({ verdict, changed, headers })).toBe(
          referenceBelieves(changed, headers),
        )
      }),
      { numRuns: 300 },
    )
  })

  test('believes what "events listen" posts', async () => {
    const receiver = await startService({ status: 204 })
    const stop = new AbortController().signal
    const event = eventWith({ label: 'Zoë 🎈' })
    await forward(event, { to: new URL(receiver.url), secret: SECRET, stop }, () => {})
    const { body = '', headers = {} } = receiver.asked[0] ?? {}
    expect(await verifyWebhook({ body, headers, secret: SECRET })).toEqual(event)
    expect(new Reference(SECRET).verify(body, headers as Record<string, string>)).toEqual(event)
  })

  test('takes the body as text or bytes, and headers in every form that servers have', async () => {
    const body = JSON.stringify(eventWith({ label: 'Zoë' }))
    const headers = signed(body)
    const bytes = new TextEncoder().encode(`--${body}--`).subarray(2, -2)
    const upper = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value]),
    )
    const lists = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]))
    for (const raw of [body, bytes, Buffer.from(body), bytes.slice().buffer]) {
      for (const given of [headers, new Headers(headers), upper, lists])
        expect(await verifyWebhook({ body: raw, headers: given, secret: SECRET })).toEqual(JSON.parse(body))
    }
  })

  test('while a secret is rotated, one of several signatures by one of several secrets is enough', async () => {
    const body = JSON.stringify(eventWith())
    const [by, byFormer, byForeign] = [SECRET, FORMER, FOREIGN].map((secret) => signed(body, { secret }))
    const both = `v1a,AAAA ${byForeign?.['webhook-signature']} ${byFormer?.['webhook-signature']}`
    const headers = { ...signed(body), 'webhook-signature': both }
    const verdict = (secret: string | string[]) => codeOf(verifyWebhook({ body, headers, secret }))
    expect(await verdict(FORMER)).toBe('believed')
    expect(await verdict([SECRET, FORMER])).toBe('believed')
    expect(await verdict(SECRET)).toBe('signature_mismatch')
    expect(await codeOf(verifyWebhook({ body, headers: { ...by }, secret: [FORMER, SECRET] }))).toBe(
      'believed',
    )
  })

  test.each([
    ['older than five minutes', 301.5, 'timestamp_out_of_range'],
    ['nearly five minutes old', 298, 'believed'],
    ['nearly five minutes in the future', -298, 'believed'],
    ['more than five minutes in the future', -302.5, 'timestamp_out_of_range'],
  ])('an attempt that is %s', async (_, age, verdict) => {
    const body = JSON.stringify(eventWith())
    const headers = signed(body, { age })
    expect(await codeOf(verifyWebhook({ body, headers, secret: SECRET }))).toBe(verdict)
    expect(referenceBelieves(body, headers)).toBe(verdict === 'believed')
  })

  test.each(['', '1e9', '-5', '0x10', '1700000000.5', 'Infinity', 'NaN', ' '])(
    'a timestamp that is "%s" is refused',
    async (timestamp) => {
      const headers = { ...signed('{}'), 'webhook-timestamp': timestamp }
      const verdict = await codeOf(verifyWebhook({ body: '{}', headers, secret: SECRET }))
      expect(verdict).toBe(timestamp === '' ? 'header_missing' : 'timestamp_out_of_range')
    },
  )

  test.each(['webhook-id', 'webhook-timestamp', 'webhook-signature'])(
    'says that %s is missing',
    async (name) => {
      const { [name]: _, ...headers } = signed('{}') as Record<string, string>
      const verified = verifyWebhook({ body: '{}', headers, secret: SECRET })
      await expect(verified).rejects.toThrow(`The header "${name}" is missing.`)
    },
  )

  test.each(['', '[]', 'null', '"text"', '{"id":"evt_1"}', '{"id":1,"type":"x","data":{}}'])(
    'refuses the signed body %s, which is no event',
    async (body) => {
      const verdict = await codeOf(verifyWebhook({ body, headers: signed(body), secret: SECRET }))
      expect(verdict).toBe('not_an_event')
    },
  )

  test.each([
    ['undefined', undefined, '"secret" is not set.'],
    ['an empty list', [], '"secret" is not set.'],
    ['an API key', 'fc_key_hush', 'must be a signing secret'],
    ['cut short', SECRET.slice(0, 20), 'must be a signing secret'],
    ['not base64', `whsec_${'*'.repeat(44)}`, 'must be a signing secret'],
  ])('says what is wrong with a secret that is %s, without showing it', async (_, secret, message) => {
    const error = await verifyWebhook({ body: '{}', headers: signed('{}'), secret }).catch((reason) => reason)
    expect(error).toBeInstanceOf(TypeError)
    expect(error.message).toContain(message)
    for (const one of [secret ?? []].flat()) expect(error.message).not.toContain(one)
  })

  test('says that a parsed body is not the raw one', async () => {
    const body = eventWith() as never
    const verified = verifyWebhook({ body, headers: signed('{}'), secret: SECRET })
    await expect(verified).rejects.toThrow('Read it before any JSON parser does.')
  })
})
