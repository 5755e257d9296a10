// The path of a proxied call is refused if a server could read it as another path, and encoded canonically otherwise.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeApiPath, parseApiPath } from '#domain/proxy/api-path.ts'

const refused = expect.objectContaining({ code: 'path_not_allowed' })
/** The path that the provider gets for a decoded path from API Gateway. */
const passed = (decoded: string) => encodeApiPath(parseApiPath(decoded))

test.each([
  ['nothing', ''],
  ['a slash alone', '/'],
  ['a slash at the beginning', '/me'],
  ['two slashes', 'a//b'],
  ['two slashes at the end', 'a//'],
  ['a dot segment', './me'],
  ['a dot segment with a parameter', 'a/..;x=1/me'],
  ['a dot segment with an empty parameter', '.;/me'],
  ['a dot segment at the end', 'a/.'],
  ['a parent segment', 'a/../me'],
  ['a parent segment at the end', 'a/..'],
  ['a parent segment and a slash at the end', 'a/../'],
  ['a parent segment at the beginning', '../me'],
  ['an absolute URL', 'https://evil.example/'],
  ['a network path', '//evil.example/me'],
  ['a backslash', 'a\\b'],
  ['backslashes and dots', '..\\..\\me'],
  ['a dot that was encoded twice', '%2e%2e/me'],
  ['a slash that was encoded twice', 'a%2fb'],
  ['a percent sign', '100%'],
  ['a question mark', 'a?b'],
  ['a number sign', 'a#b'],
  ['a NUL', 'a\u0000'],
  ['a line break', 'a\r\nx-evil: 1'],
  ['a tab between dots', '.\t./me'],
  ['a DEL', 'a\u007f'],
  ['half a surrogate pair', 'a\ud800'],
])('%s is refused', (_, decoded) => {
  expect(() => parseApiPath(decoded)).toThrow(refused)
})

test("a path pasted with the API's base path is told to leave that out", () => {
  expect(() => parseApiPath('api/v2/workspaces/7/funnels')).toThrow(
    expect.objectContaining({
      code: 'path_not_allowed',
      message: expect.stringContaining('Leave out "/api/v2/"'),
    }),
  )
  expect(passed('api/v2')).toBe('api/v2')
})

test.each([
  ['me', 'me'],
  ['workspaces/7/funnels', 'workspaces/7/funnels'],
  ['funnels/', 'funnels/'],
  ["a-._~!$&'()*+,;=:@", "a-._~!$&'()*+,;=:@"],
  ['a b', 'a%20b'],
  ['café', 'caf%C3%A9'],
  ['😀', '%F0%9F%98%80'],
  ['[x]"<>^`{|}', '%5Bx%5D%22%3C%3E%5E%60%7B%7C%7D'],
  ['..a/a../...', '..a/a../...'],
  ['．．/me', '%EF%BC%8E%EF%BC%8E/me'],
])('%s is sent as %s', (decoded, encoded) => {
  expect(passed(decoded)).toBe(encoded)
})

describe('a path that is allowed', () => {
  const part = fc.oneof(
    fc.constantFrom('/', '.', '..', '//', '\\', '%', '%2e', '%2F', '?', '#', ';', ':', '@', ' ', '\u0000'),
    fc.string({ unit: 'grapheme', maxLength: 5 }),
  )
  const paths = fc.array(part, { maxLength: 10 }).map((parts) => parts.join(''))
  const whenPassed = (check: (decoded: string, encoded: string) => void) => (decoded: string) => {
    let encoded: string
    try {
      encoded = passed(decoded)
    } catch (error) {
      expect(error).toEqual(refused)
      return
    }
    check(decoded, encoded)
  }

  test('decodes to what came in, and encodes to the same again', () => {
    const check = whenPassed((decoded, encoded) => {
      expect(encoded.split('/').map(decodeURIComponent).join('/')).toBe(decoded)
      expect(passed(decodeURIComponent(encoded))).toBe(encoded)
    })
    fc.assert(fc.property(paths, check))
  })

  test('stays below the base when it is resolved as a URL', () => {
    const base = 'https://acme.myclickfunnels.com/api/v2/'
    const check = whenPassed((_, encoded) => {
      expect(new URL(base + encoded).href).toBe(base + encoded)
      expect(encoded).toMatch(/^[\x21-\x7e]+$/)
    })
    fc.assert(fc.property(paths, check))
  })
})
