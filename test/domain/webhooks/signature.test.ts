// The library of Standard Webhooks verifies what we sign.
import { randomBytes } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import { expect, test } from 'vitest'
import { epochSeconds } from '#domain/time.ts'
import { secretOf, signedHeaders } from '#domain/webhooks/signature.ts'

const body = '{"type":"connection.created","data":{"label":"Zoë\u2019s shop"}}'
const now = epochSeconds(Date.now() / 1000)
const signed = { id: 'evt_1', timestamp: now, body }

test('the signature holds for the body, the id and the time, and for nothing else', () => {
  const secret = secretOf(randomBytes(32))
  const headers = signedHeaders(signed, [secret])
  const webhook = new Webhook(secret.reveal())
  expect(webhook.verify(body, headers)).toEqual(JSON.parse(body))
  expect(() => webhook.verify(`${body} `, headers)).toThrow()
  expect(() => webhook.verify(body, { ...headers, 'webhook-id': 'evt_2' })).toThrow()
  expect(() => webhook.verify(body, { ...headers, 'webhook-timestamp': String(now - 1) })).toThrow()
  expect(() => new Webhook(secretOf(randomBytes(32)).reveal()).verify(body, headers)).toThrow()
})

test('while a secret is replaced, the signature holds with the new and with the former one', () => {
  const secrets = [secretOf(randomBytes(32)), secretOf(randomBytes(32))]
  const headers = signedHeaders(signed, secrets)
  expect(headers['webhook-signature']).toMatch(/^v1,[A-Za-z0-9+/]{43}= v1,[A-Za-z0-9+/]{43}=$/)
  for (const secret of secrets) new Webhook(secret.reveal()).verify(body, headers)
})

test('a secret is "whsec_" and the base64 of 32 bytes', () => {
  expect(secretOf(randomBytes(32)).reveal()).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
  expect(String(secretOf(randomBytes(32)))).toBe('[redacted]')
})
