// What a browser sees of us: nothing that somebody typed becomes markup, nothing is loaded, framed or kept.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { LinkOutcome } from '#domain/authorize.ts'
import type { EndUserId } from '#domain/ids.ts'
import { Secret } from '#domain/secret.ts'
import { confirmationPage, hostCookie, refusalPage } from '#http/connect-pages.ts'
import { errorPage } from '#http/error-page.ts'
import { html, page } from '#http/page.ts'
import { aSession, newId } from '../contracts/samples.ts'

type Confirm = Extract<LinkOutcome, { outcome: 'confirm' }>

function confirm(tenantName: string, displayName?: string, linkSecret = 'link-secret') {
  const endUser = { id: 'user-1' as EndUserId, ...(displayName !== undefined && { displayName }) }
  const session = aSession(newId('tenant'), { endUser })
  const shown: Confirm = {
    outcome: 'confirm',
    tenantName,
    session,
    confirmation: new Secret('confirmation-1'),
  }
  return confirmationPage(linkSecret, shown)
}
/** Markup with every text taken out: what a name must not be able to change. */
const skeleton = (body: unknown) =>
  String(body)
    .replaceAll(/>[^<]*</g, '><')
    .replaceAll(/"[^"]*"/g, '""')
const unescaped = (text: string) =>
  text.replaceAll(
    /&(amp|lt|gt|quot|#39);/g,
    (_, name: string) => ({ amp: '&', lt: '<', gt: '>', quot: '"' })[name] ?? "'",
  )

describe('a hostile name', () => {
  test.each([
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    '</title><script>alert(1)</script>',
    '</style><script>',
    '<!-- ',
    '&lt;script&gt;',
    '<!--[if IE]>',
    '\u0000<b>',
    '<\u2028script>',
  ])('(%j) stays text, as a tenant, an account and a link', (name) => {
    const body = String(confirm(name, name, name).body)
    expect(skeleton(body)).toBe(skeleton(confirm('Saas', 'Alice').body))
    expect(body).not.toMatch(/<(script|img|b>|!--)/i)
  })

  test('of any characters is shown to the letter', () => {
    const character = fc.oneof(
      fc.constantFrom('&', '<', '>', '"', "'", ';', 'amp'),
      fc.string({ unit: 'binary' }),
    )
    const names = fc.array(character).map((parts) => parts.join(''))
    fc.assert(
      fc.property(names, (name) => {
        const { html: text } = html`<dd>${name}</dd>`
        const inside = text.slice('<dd>'.length, -'</dd>'.length)
        expect(inside).not.toMatch(/[<>"']/)
        expect(unescaped(inside)).toBe(name)
      }),
    )
  })
})

test('only what is made as HTML goes in as HTML', () => {
  expect(html`<p>${html`<b>${'<i>'}</b>`}${'&'}</p>`.html).toBe('<p><b>&lt;i&gt;</b>&amp;</p>')
})

describe('the headers of every page', () => {
  const pages = { confirmation: confirm('Saas'), refusal: refusalPage('expired'), errors: errorPage() }

  test.each(Object.entries(pages))('(%s) let nothing run, load, frame, store or refer', (_, { headers }) => {
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    })
    const policy = headers['content-security-policy'] ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).toContain("base-uri 'none'")
    expect(policy).not.toMatch(/unsafe|script-src|http/)
  })

  test.each(Object.entries(pages))('(%s) allow the style by its very hash', async (_, { headers, body }) => {
    const style = /<style>(.*)<\/style>/s.exec(String(body))?.[1] ?? ''
    const digest = await crypto.subtle.digest('SHA-256', Buffer.from(style))
    expect(headers['content-security-policy']).toContain(
      `style-src 'sha256-${Buffer.from(digest).toString('base64')}'`,
    )
    expect(String(body)).not.toMatch(/<script|\sstyle=|\son\w+=/i)
  })

  test('let a form be sent from the confirmation page alone', () => {
    const targets = Object.values(pages).map(
      ({ headers }) => /form-action ([^;]*)/.exec(headers['content-security-policy'] ?? '')?.[1],
    )
    expect(targets).toEqual(['*', "'none'", "'none'"])
  })
})

describe('the confirmation page', () => {
  test('puts the same secret into its form and into a cookie of this host', () => {
    const { body, cookies } = confirm('Saas')
    expect(String(body)).toContain('name="confirmation" value="confirmation-1"')
    expect(cookies).toEqual([
      '__Host-fc-confirmation=confirmation-1; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=1800',
    ])
  })

  test('names the account by its id where it has no name', () => {
    expect(confirm('Saas').body).toContain('<dd>user-1</dd>')
    expect(confirm('Saas', 'Alice').body).toContain('<dd>Alice</dd>')
  })
})

test.each([
  ['unknown', 404],
  ['used', 410],
  ['expired', 410],
  ['suspended', 403],
  ['other_browser', 403],
  ['other_app', 400],
] as const)('a link that is refused (%s) is a %i page that says what to do', (refusal, status) => {
  const answer = refusalPage(refusal)
  expect(answer.status).toBe(status)
  expect(answer.body).toMatch(/Nothing was connected.*press &quot;Connect&quot; again|press "Connect" again/)
})

test('a cookie is bound to its host as the __Host- prefix demands', () => {
  const cookie = hostCookie('__Host-x', 'y', 5)
  expect(cookie).toMatch(/; Path=\/;/)
  expect(cookie).toMatch(/; Secure/)
  expect(cookie).not.toMatch(/Domain/i)
})

test('a page has one title and one heading, both escaped', () => {
  const { body } = page(200, 'A & B', html`<p>x</p>`)
  expect(String(body).match(/A &amp; B/g)).toHaveLength(2)
})
