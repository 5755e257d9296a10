// Where a browser may be sent back to: under what the tenant registered, and nowhere else.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isExactReturnUrl, isRegisteredReturnUrl } from '#domain/tenants/tenant.ts'
import { webUrl } from '#domain/tenants/web-url.ts'

const returnUrls = ['https://saas.example.com/app', 'http://localhost:3000/']
const registered = (url: string) => isRegisteredReturnUrl({ returnUrls }, url)

test.each([
  'https://saas.example.com/app',
  'https://saas.example.com/app/',
  'https://saas.example.com/app/done?x=1&y=%2F',
  'https://saas.example.com/app?x=1',
  'https://SAAS.example.com:443/app',
  'https://saas.example.com/app/a/../b',
  'http://localhost:3000/anything',
  'http://localhost:3000',
])('%s lies under a registered URL', (url) => {
  expect(registered(url)).toBe(true)
})

test.each([
  'https://saas.example.com/apple',
  'https://saas.example.com/APP',
  'https://saas.example.com/',
  'https://saas.example.com/app/../admin',
  'https://saas.example.com/app/%2e%2e/admin',
  'https://saas.example.com/app/.%2E/admin',
  'https://saas.example.com/app\\..\\admin',
  'http://saas.example.com/app',
  'https://saas.example.com:8443/app',
  'https://saas.example.com./app',
  'https://saas.example.com.evil.example/app',
  'https://evil.example/https://saas.example.com/app',
  'https://saas.example.com@evil.example/app',
  'https://saas.example.com\\@evil.example/app',
  'https://user@saas.example.com/app',
  'https://sub.saas.example.com/app',
  'https://saas.example.com/app#fragment',
  'https://saas.example.com/app#',
  'http://localhost:3001/',
  'http://127.0.0.1:3000/',
  'https://localhost:3000/',
  '//saas.example.com/app',
  '/app',
  'javascript:alert(1)//https://saas.example.com/app',
  'data:text/html,x',
  '',
])('%j does not', (url) => {
  expect(registered(url)).toBe(false)
})

test.each([
  ['https://saas.example.com/app', true],
  ['https://SAAS.example.com:443/app?x=1', true],
  ['http://localhost:3000', true],
  ['https://saas.example.com/app/', false],
  ['https://saas.example.com/app/done', false],
  ['https://saas.example.com/app/..', false],
  ['http://localhost:3000/anything', false],
  ['https://saas.example.com/app#x', false],
  ['https://evil.example/app', false],
])('%s is exactly a registered URL: %s', (url, isExact) => {
  expect(isExactReturnUrl({ returnUrls }, url)).toBe(isExact)
})

test('nothing is registered by an empty list', () => {
  expect(isRegisteredReturnUrl({ returnUrls: [] }, 'https://saas.example.com/app')).toBe(false)
})

describe('a URL for a browser', () => {
  test.each([
    'https://a.example',
    'http://localhost:1',
    'http://127.0.0.1',
    'http://127.1',
    'http://[::1]:3000/',
  ])('may be %s', (url) => expect(webUrl(url)?.href).toBe(new URL(url).href))

  test.each([
    'http://a.example',
    'http://localhost.evil.example',
    'http://127.0.0.1.evil.example',
    'http://128.0.0.1',
    'http://0.0.0.0',
    'https://u:p@a.example',
    'ftp://localhost',
    'x',
  ])('may not be %s', (url) => expect(webUrl(url)).toBeUndefined())
})

test('nothing outside the registered origin and path ever passes, as a browser would go there', () => {
  const piece = fc.constantFrom(
    ...[
      'https://saas.example.com',
      '/app',
      '/',
      '..',
      '.',
      '%2e',
      '%2F',
      '\\',
      '@',
      ':443',
      ':1',
      '?',
      '#',
      '//',
    ],
    ...['evil.example', '\t', '\n', ' ', '。', 'http://localhost:3000', ';', 'x'],
  )
  const urls = fc.array(piece, { maxLength: 9 }).map((pieces) => pieces.join(''))
  let passed = 0
  const check = (url: string) => {
    if (!registered(url)) return
    passed += 1
    const { origin, pathname, username, password, hash } = new URL(url)
    expect([username, password, hash]).toEqual(['', '', ''])
    if (origin === 'http://localhost:3000') return
    expect(origin).toBe('https://saas.example.com')
    expect(`${pathname}/`).toMatch(/^\/app\//)
  }
  fc.assert(fc.property(urls, check))
  const under = urls.map((tail) => `https://saas.example.com/app/${tail}`)
  fc.assert(fc.property(under, check))
  expect(passed).toBeGreaterThan(0)
})
