// A secret shows nothing of itself, however it is printed.
import { format, inspect } from 'node:util'
import { expect, test } from 'vitest'
import { Secret } from '#domain/secret.ts'

const VALUE = 'hunter2-hunter2'
const secret = new Secret(VALUE)
const thrown = (error: Error) => `${error.stack} ${inspect(error, { depth: 9 })} ${JSON.stringify(error)}`

test('it opens by "reveal" and by nothing else', () => {
  expect(secret.reveal()).toBe(VALUE)
  expect(Object.keys(secret)).toEqual([])
})

test.each<[string, () => string]>([
  ['JSON', () => JSON.stringify({ deep: [secret] })],
  ['a template string', () => `${secret}`],
  ['joining', () => ['a', secret].join('-')],
  ['String()', () => String(secret)],
  ['inspection', () => inspect({ deep: { secret } }, { depth: 9 })],
  ['inspection of hidden members', () => inspect(secret, { showHidden: true, getters: true })],
  ['inspection without its own method', () => inspect(secret, { customInspect: false, showHidden: true })],
  ['a console format', () => format('%s %o %O %j', secret, secret, secret, secret)],
  ['spreading', () => JSON.stringify({ ...secret })],
  ['assignment', () => inspect(Object.assign({}, secret))],
  ['a structured clone', () => inspect(structuredClone(secret))],
  ['a map', () => inspect(new Map([[secret, secret]]))],
  ['a URL', () => new URLSearchParams({ secret: `${secret}` }).toString()],
  ['an error message', () => thrown(new Error(`failed with ${secret}`))],
  ["an error's cause", () => thrown(new Error('failed', { cause: { secret } }))],
  ["an error's member", () => thrown(Object.assign(new Error('failed'), { secret }))],
])('%s does not show it', (_, print) => {
  expect(print()).not.toContain('hunter2')
})

test('where it is printed, it can be seen that something was left out', () => {
  expect([`${secret}`, JSON.stringify(secret), inspect(secret)]).toEqual([
    '[redacted]',
    '"[redacted]"',
    '[redacted]',
  ])
})
