// What a browser sees of us: nothing that somebody typed becomes markup, nothing is loaded, framed or kept.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { confirmationCookieName, type LinkOutcome } from '#domain/connect/authorize.ts'
import { ServiceError } from '#domain/errors.ts'
import type { EndUserId } from '#domain/ids.ts'
import { Secret } from '#domain/secret.ts'
import { hostCookie } from '#http/message/answer.ts'
import { type ConfirmationForm, confirmationPage, faultPage, refusalPage } from '#http/pages/connect-pages.ts'
import { errorPage } from '#http/pages/error-page.ts'
import { initialsOf } from '#http/pages/marks.ts'
import { html, page } from '#http/pages/page.ts'
import { aSession, newId } from '../../contracts/samples.ts'

type Confirm = Extract<LinkOutcome, { outcome: 'confirm' }>

const READER = { headers: {}, operatorName: 'Acme Cloud' }
const PRODUCT = {
  name: 'Saas',
  branding: { color: '#c2185b' },
  returnTo: 'https://saas.example/done?error=x&y',
}
const FORM = {
  linkSecret: 'link-secret',
  providerUrl: 'https://accounts.example/oauth/authorize',
  forgotten: false,
}

function confirm(name: string, displayName?: string, form: Partial<ConfirmationForm> = {}, reader = READER) {
  const endUser = { id: 'user-1' as EndUserId, ...(displayName !== undefined && { displayName }) }
  const session = aSession(newId('tenant'), { endUser })
  const shown: Confirm = {
    outcome: 'confirm',
    product: { ...PRODUCT, name },
    session,
    confirmation: new Secret('confirmation-1'),
  }
  return confirmationPage(reader, { ...FORM, ...form }, shown)
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
    const body = String(confirm(name, name, { linkSecret: name }).body)
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

describe('a logo', () => {
  const withLogo = (bytes: Uint8Array) =>
    String(
      refusalPage(READER, 'used', {
        ...PRODUCT,
        logo: { mediaType: 'image/png', width: 64, height: 64, bytes },
      }).body,
    )

  test('of any bytes stays in its attribute', () => {
    const hostile = Buffer.from('"><script>alert(1)</script>')
    const whole = skeleton(withLogo(hostile))
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
        const body = withLogo(bytes)
        expect(skeleton(body)).toBe(whole)
        expect(body).not.toContain('<script')
        const [, source = ''] = /<img src="([^"]*)" alt="">/.exec(body) ?? []
        expect(source).toMatch(/^data:image\/png;base64,[A-Za-z0-9+/]*={0,2}$/)
        expect(Buffer.from(source.slice(source.indexOf(',') + 1), 'base64')).toEqual(Buffer.from(bytes))
      }),
    )
  })

  test('stands in place of the initials, and the policy allows it', () => {
    const { headers } = refusalPage(READER, 'used', PRODUCT)
    expect(withLogo(Uint8Array.of(1))).not.toContain('class="mark" ')
    expect(headers['content-security-policy']).toContain('img-src data:;')
  })
})

test('only what is made as HTML goes in as HTML', () => {
  expect(html`<p>${html`<b>${'<i>'}</b>`}${'&'}</p>`.html).toBe('<p><b>&lt;i&gt;</b>&amp;</p>')
})

describe('the headers of every page', () => {
  const pages = {
    confirmation: confirm('Saas'),
    refusal: refusalPage(READER, 'used', PRODUCT),
    fault: faultPage(READER, new Error('secret words')),
    errors: errorPage(),
  }

  test.each(Object.entries(pages))('(%s) let nothing run, load, frame, store or refer', (_, { headers }) => {
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      // A pop-up stays tied to the page that opened it.
      'cross-origin-opener-policy': 'unsafe-none',
    })
    const policy = headers['content-security-policy'] ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).toContain("base-uri 'none'")
    expect(policy).not.toMatch(/unsafe|script-src|http:/)
  })

  test.each(Object.entries(pages))('(%s) allow the style by its very hash', async (_, { headers, body }) => {
    const sheets = [...String(body).matchAll(/<style>(.*?)<\/style>/gs)].map(([, sheet = '']) => sheet)
    const digests = await Promise.all(
      sheets.map((sheet) => crypto.subtle.digest('SHA-256', Buffer.from(sheet))),
    )
    const sources = digests.map((digest) => `'sha256-${Buffer.from(digest).toString('base64')}'`)
    expect(headers['content-security-policy']).toContain(`style-src ${sources.join(' ')};`)
    expect(String(body)).not.toMatch(/<script|\sstyle=|\son\w+=/i)
  })

  test('let a form be sent from the confirmation page alone', () => {
    const targets = Object.values(pages).map(
      ({ headers }) => /form-action ([^;]*)/.exec(headers['content-security-policy'] ?? '')?.[1],
    )
    expect(targets).toEqual(["'self' https: https://accounts.example", "'none'", "'none'", "'none'"])
  })
})

describe('the confirmation page', () => {
  test('puts the same secret into its form and into a cookie of this host', () => {
    const { body, cookies } = confirm('Saas')
    expect(String(body)).toContain('name="confirmation" value="confirmation-1"')
    expect(cookies).toEqual([
      `${confirmationCookieName('link-secret')}=confirmation-1; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=1800`,
    ])
  })

  test('names product and account, the account by its id too: its name may be chosen by whoever sent the link', () => {
    const named = String(confirm('Saas', 'Alice').body)
    expect(named).toContain('<h1>Connect ClickFunnels to Saas?</h1>')
    expect(named).toContain('<strong><bdi>Alice</bdi></strong><strong><bdi>user-1</bdi></strong></div>')
    expect(named).toContain('aria-hidden="true">AL</span>')
    expect(confirm('Saas').body).toContain('<strong><bdi>user-1</bdi></strong></div>')
  })

  test('has a way out for somebody else', () => {
    const { body } = confirm('Saas')
    expect(body).toMatch(/name="decision" value="decline" aria-describedby="warning">Not you\? Stop here</)
    expect(body).toContain('If someone sent you this link')
  })

  test('says why it is there again when the browser kept no cookie', () => {
    expect(confirm('Saas').body).not.toContain('cookie')
    expect(confirm('Saas', 'Alice', { forgotten: true }).body).toMatch(/role="alert".*Allow cookies/)
  })
})

test.each([
  ['Tidemark', 'TI'],
  ['demo user 1', 'DU'],
  ['auth0|42', 'A4'],
  ['Éva', 'ÉV'],
  ['数据 公司', '数公'],
  ['<b>', 'B'],
  ['…', '?'],
])('the initials of "%s" are %s', (name, initials) => {
  expect(initialsOf(name)).toBe(initials)
})

describe('a refusal', () => {
  test.each([
    ['unknown', 404],
    ['used', 410],
    ['expired', 410],
    ['suspended', 403],
    ['other_browser', 403],
    ['other_app', 400],
    ['declined', 200],
  ] as const)('(%s) is a %i page that says what was done and what to do next', (refusal, status) => {
    const answer = refusalPage(READER, refusal)
    expect(answer.status).toBe(status)
    expect(answer.body).toMatch(/[Nn]othing (more )?was connected/)
    expect(answer.body).toMatch(/press “Connect”|connect again|Ask the support/)
    expect(answer.body).not.toContain('<a')
  })

  test('says what to do before it says why', () => {
    const text = String(refusalPage(READER, 'used', PRODUCT).body)
    const places = ['Go back to the product', 'Back to Saas', 'works only once'].map((part) =>
      text.indexOf(part),
    )
    expect(places).toEqual(places.toSorted((one, other) => one - other))
    expect(places[0]).toBeGreaterThan(0)
  })

  test('leads back to the product where that is known, in its name and colour', () => {
    const { body } = refusalPage(READER, 'used', PRODUCT)
    expect(body).toContain(
      '<a class="button" href="https://saas.example/done?error=x&amp;y">Back to Saas</a>',
    )
    expect(body).toContain('<bdi>Saas</bdi></p>')
    expect(body).toContain('<footer>Acme Cloud runs this page for Saas.</footer>')
    expect(body).toContain('--accent: #c2185b')
  })

  test("has the product's second colour on a dark background", () => {
    const branding = { color: '#c2185b', darkColor: '#ff80ab' }
    const { body } = refusalPage(READER, 'used', { ...PRODUCT, branding })
    expect(body).toMatch(/--accent: #c2185b.*prefers-color-scheme: dark.*--accent: #ff80ab/s)
  })
})

describe('a fault', () => {
  test('is a page that tells nothing of itself', () => {
    const { status, body } = faultPage(READER, new Error('secret words'))
    expect(status).toBe(500)
    expect(body).toContain('load this page again')
    expect(body).not.toContain('secret words')
  })

  test('that passes says when to come back', () => {
    const error = new ServiceError('storage_unavailable', 'x', { retryAfterSeconds: 5 })
    expect(faultPage(READER, error)).toMatchObject({ status: 503, headers: { 'retry-after': '5' } })
  })
})

test('a cookie is bound to its host as the __Host- prefix demands', () => {
  const cookie = hostCookie('__Host-x', 'y', 5)
  expect(cookie).toMatch(/; Path=\/;/)
  expect(cookie).toMatch(/; Secure/)
  expect(cookie).not.toMatch(/Domain/i)
})

test('a page has one title and one heading, both escaped', () => {
  const { body } = page({ status: 200, title: 'A & B', content: html`<p>x</p>` })
  expect(String(body).match(/A &amp; B/g)).toHaveLength(2)
})
