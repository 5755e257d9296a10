// Which host may be sent a token: the tricks that have made others send theirs elsewhere.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isWorkspaceHost, type ProviderProfile, workspaceHostOf } from '#domain/provider/profile.ts'
import { CLICKFUNNELS } from '../../fakes.ts'

const withHosts = (...workspaceHosts: readonly string[]): ProviderProfile => ({
  ...CLICKFUNNELS,
  workspaceHosts,
})

describe('a workspace URL', () => {
  test.each([
    ['https://acme.myclickfunnels.com', 'acme.myclickfunnels.com'],
    ['https://acme.myclickfunnels.com/', 'acme.myclickfunnels.com'],
    ['https://ACME.MyClickFunnels.COM', 'acme.myclickfunnels.com'],
    ['https://acme.myclickfunnels.com:443', 'acme.myclickfunnels.com'],
    ['https://a-1.myclickfunnels.com', 'a-1.myclickfunnels.com'],
  ])('%s names a host', (url, host) => {
    expect(workspaceHostOf(CLICKFUNNELS, url)).toBe(host)
  })

  test.each([
    ['without a scheme', 'acme.myclickfunnels.com'],
    ['plain http', 'http://acme.myclickfunnels.com'],
    ['another scheme', 'ftp://acme.myclickfunnels.com'],
    ['a suffix without its dot', 'https://evilmyclickfunnels.com'],
    ['the domain itself', 'https://myclickfunnels.com'],
    ['an empty label', 'https://.myclickfunnels.com'],
    ['two labels', 'https://a.b.myclickfunnels.com'],
    ['the domain as a prefix', 'https://acme.myclickfunnels.com.evil.example'],
    ['the domain as user info', 'https://acme.myclickfunnels.com@evil.example'],
    ['user info before the right host', 'https://user@acme.myclickfunnels.com'],
    ['a password before the right host', 'https://:pass@acme.myclickfunnels.com'],
    ['a backslash before the real host', 'https://evil.example\\@acme.myclickfunnels.com'],
    ['another port', 'https://acme.myclickfunnels.com:8443'],
    ['a dot at the end', 'https://acme.myclickfunnels.com.'],
    ['a path', 'https://acme.myclickfunnels.com/x'],
    ['a query', 'https://acme.myclickfunnels.com?x'],
    ['a fragment', 'https://acme.myclickfunnels.com#x'],
    ['an encoded slash', 'https://evil.example%2F.myclickfunnels.com'],
    ['an encoded NUL', 'https://evil.example%00.myclickfunnels.com'],
    ['a label that is an underscore', 'https://_.myclickfunnels.com'],
    ['a label that begins with a hyphen', 'https://-a.myclickfunnels.com'],
    ['a label that ends with a hyphen', 'https://a-.myclickfunnels.com'],
    ['a Cyrillic look-alike of the domain', 'https://acme.myсlickfunnels.com'],
    ['loopback', 'http://127.0.0.1'],
    ['the metadata service', 'http://169.254.169.254'],
    ['a wildcard', 'https://*.myclickfunnels.com'],
    ['nothing', ''],
  ])('with %s is sent no token: %s', (_, url) => {
    expect(workspaceHostOf(CLICKFUNNELS, url)).toBeUndefined()
  })

  test('in any script stays below the domain, in the form that goes over the wire', () => {
    expect(workspaceHostOf(CLICKFUNNELS, 'https://münchen.myclickfunnels.com')).toBe(
      'xn--mnchen-3ya.myclickfunnels.com',
    )
    expect(workspaceHostOf(CLICKFUNNELS, 'https://acme。myclickfunnels。com')).toBe('acme.myclickfunnels.com')
  })

  test('of whatever form never leads to a host outside the domain', () => {
    const part = fc.constantFrom(
      'acme',
      'evil.example',
      '.',
      '@',
      ':',
      '/',
      '\\',
      '#',
      '?',
      '%2e',
      '。',
      '.myclickfunnels.com',
    )
    const urls = fc.oneof(
      fc.webUrl(),
      fc.array(part, { maxLength: 8 }).map((parts) => `https://${parts.join('')}`),
    )
    fc.assert(
      fc.property(urls, (url) => {
        const host = workspaceHostOf(CLICKFUNNELS, url)
        if (host === undefined) return
        expect(host).toMatch(/^[a-z0-9-]+\.myclickfunnels\.com$/)
        expect(new URL(url).host).toBe(host)
      }),
    )
  })
})

describe('an allowed host', () => {
  test.each<[string, string, boolean]>([
    ['cf.example', 'cf.example', true],
    ['cf.example', 'cf.example:444', false],
    ['cf.example', 'a.cf.example', false],
    ['cf.example:444', 'cf.example:444', true],
    ['cf.example:444', 'cf.example', false],
    ['127.0.0.1', '127.0.0.1:4610', true],
    ['127.0.0.1', '127.0.0.2:4610', false],
    ['127.0.0.1:4610', '127.0.0.1:4611', false],
    ['localhost', 'localhost:1', true],
  ])('written %s covers %s: %s', (entry, host, covered) => {
    expect(isWorkspaceHost(withHosts(entry), host)).toBe(covered)
  })

  test('is none when the list is empty', () => {
    expect(isWorkspaceHost(withHosts(), 'acme.myclickfunnels.com')).toBe(false)
  })
})
