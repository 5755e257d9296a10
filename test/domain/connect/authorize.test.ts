import { describe, expect, test } from 'vitest'
import { providerProfile } from '#adapters/clickfunnels/profiles.ts'
import { browserCookieName } from '#domain/connect/authorization-request.ts'
import { confirmationCookieName, followLink, type LinkVisit } from '#domain/connect/authorize.ts'
import { LINK_LIFETIME_SECONDS, STATE_LIFETIME_SECONDS } from '#domain/connect/connect-session.ts'
import { codeChallenge, sha256 } from '#domain/hash.ts'
import { Secret } from '#domain/secret.ts'
import { updateTenant } from '#domain/tenants/manage-tenants.ts'
import { cookiesOf, openScene, type Scene } from '../../fakes/scene.ts'
import { PUBLIC_URL } from '../../fakes.ts'

const settings = {
  CLICKFUNNELS_ACCOUNTS_URL: 'http://127.0.0.1:4700',
  CLICKFUNNELS_API_URL: '',
  CLICKFUNNELS_WORKSPACE_HOSTS: '',
}

async function visit(scene: Scene, linkSecret: Secret, confirmation?: { sent: string; cookie: string }) {
  return followLink(scene.services, {
    linkSecret: linkSecret.reveal(),
    ...(confirmation && { confirmation }),
  })
}

describe('the authorization request', () => {
  test.each([
    [
      'clickfunnels',
      'https://accounts.myclickfunnels.com/oauth/authorize',
      { grant_type: 'authorization_code', new_installation: 'true' },
    ],
    ['seed', 'https://app.clickfunnels.com/oauth/authorize', {}],
    [
      'custom',
      'http://127.0.0.1:4700/oauth/authorize',
      { grant_type: 'authorization_code', new_installation: 'true' },
    ],
  ] as const)(
    'of the profile "%s" has exactly the parameters the provider documents',
    async (name, url, own) => {
      const provider = providerProfile({ ...settings, CLICKFUNNELS_PROFILE: name })
      const scene = await openScene({ provider })
      const { location } = await scene.leave()
      const request = new URL(location)
      expect(request.origin + request.pathname).toBe(url)
      expect(Object.fromEntries(request.searchParams)).toEqual({
        client_id: 'client-1',
        redirect_uri: `${PUBLIC_URL}/v1/callback/${scene.app.id}`,
        response_type: 'code',
        ...own,
        state: expect.stringMatching(/^[\w-]{43}$/),
        code_challenge: expect.stringMatching(/^[\w-]{43}$/),
        code_challenge_method: 'S256',
      })
    },
  )

  test('challenges with the S256 of the verifier that is kept, sealed, for the exchange', async () => {
    const scene = await openScene()
    const { location, cookies } = await scene.leave()
    const query = new URL(location).searchParams
    const stateHash = sha256(query.get('state') ?? '')
    const pending = await scene.services.authorizations.find(stateHash)
    if (pending === undefined) throw new Error('No authorization is pending')
    expect(pending.browserHash).toBe(sha256(cookies.get(browserCookieName(stateHash)) ?? ''))
    const { tenantId, sessionId, codeVerifier } = pending
    const binding = { tenantId, record: sessionId, generation: 0, field: 'code_verifier' } as const
    const verifier = await scene.services.vault.open(binding, codeVerifier)
    expect(codeChallenge(verifier.reveal())).toBe(query.get('code_challenge'))
    expect(verifier.reveal()).toMatch(/^[\w-]{43,128}$/)
  })

  test('has another state, challenge and cookie each time', async () => {
    const scene = await openScene()
    const one = new URL((await scene.leave()).location).searchParams
    const other = new URL((await scene.leave()).location).searchParams
    expect(one.get('state')).not.toBe(other.get('state'))
    expect(one.get('code_challenge')).not.toBe(other.get('code_challenge'))
  })

  test('ties the browser by a cookie of this host alone, named after the state', async () => {
    const { location, cookies } = await (await openScene()).leave()
    const state = new URL(location).searchParams.get('state') ?? ''
    expect([...cookies.keys()]).toEqual([`__Host-fc-${sha256(state).slice(0, 16)}`])
    expect([...cookies.values()]).not.toContain(state)
  })

  test('leaves neither state, cookie nor link secret in the store', async () => {
    const scene = await openScene()
    const { location, cookies, linkSecret } = await scene.leave()
    const stored = scene.services.sessions.text()
    const state = new URL(location).searchParams.get('state') ?? ''
    expect(stored).toContain(sha256(state))
    for (const secret of [state, linkSecret, ...cookies.values()]) expect(stored).not.toContain(secret)
  })
})

describe('the confirmation page', () => {
  test('stands before a "confirmed" session leaves, and does not use the link up', async () => {
    const scene = await openScene()
    const { session, linkSecret } = await scene.start({ completion: 'confirmed' })
    const first = await visit(scene, linkSecret)
    const second = await visit(scene, linkSecret)
    expect(first).toMatchObject({
      outcome: 'confirm',
      product: { name: 'Saas' },
      session: { id: session.id },
    })
    expect(second.outcome).toBe('confirm')
    expect((await scene.session({ session })).state.status).toBe('created')
  })

  test('lets a browser go on only if it sends back what its cookie holds', async () => {
    const scene = await openScene()
    const { linkSecret } = await scene.start({ completion: 'confirmed' })
    const refused = [
      { sent: 'a', cookie: 'b' },
      { sent: '', cookie: '' },
      { sent: 'a', cookie: '' },
      { sent: '', cookie: 'a' },
    ]
    for (const confirmation of refused) {
      expect((await visit(scene, linkSecret, confirmation)).outcome).toBe('confirm')
    }
    expect((await visit(scene, linkSecret, { sent: 'a', cookie: 'a' })).outcome).toBe('redirect')
  })

  test('ends the session as denied, once, when the end user declines on the page', async () => {
    const scene = await openScene()
    const { session, linkSecret } = await scene.start({ completion: 'confirmed' })
    const decline = (cookie: string) =>
      followLink(scene.services, {
        linkSecret: linkSecret.reveal(),
        confirmation: { sent: 'shown', cookie },
        declines: true,
      })
    expect((await decline('')).outcome).toBe('confirm')
    expect(await decline('shown')).toEqual({
      outcome: 'declined',
      session: expect.objectContaining({ id: session.id }),
      product: {
        name: 'Saas',
        returnTo: 'https://saas.example.com/settings?error=access_denied',
      },
    })
    expect((await scene.session({ session })).state).toEqual({ status: 'denied', error: 'access_denied' })
    expect((await decline('shown')).outcome).toBe('used')
    expect((await visit(scene, linkSecret, { sent: 'shown', cookie: 'shown' })).outcome).toBe('used')
  })

  test('has a cookie for each link, so that a confirmation counts for the session that was shown', () => {
    const [one, other] = ['one', 'other'].map(confirmationCookieName)
    expect(one).toMatch(/^__Host-fc-confirmation-[0-9a-f]{16}$/)
    expect(one).not.toBe(other)
  })

  test('is not shown for a "verified" session', async () => {
    const scene = await openScene()
    const { linkSecret } = await scene.start({ completion: 'verified' })
    expect((await visit(scene, linkSecret)).outcome).toBe('redirect')
  })
})

describe('a connect link', () => {
  test('works once', async () => {
    const scene = await openScene()
    const { linkSecret } = await scene.start()
    expect((await visit(scene, linkSecret)).outcome).toBe('redirect')
    expect(await visit(scene, linkSecret)).toMatchObject({ outcome: 'used' })
  })

  test('works once when two browsers follow it at the same moment', async () => {
    const scene = await openScene()
    const { linkSecret } = await scene.start()
    const outcomes = await Promise.all([visit(scene, linkSecret), visit(scene, linkSecret)])
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['redirect', 'used'])
  })

  test('lives half an hour, to the second', async () => {
    const scene = await openScene()
    const { linkSecret } = await scene.start({ completion: 'confirmed' })
    scene.services.clock.advance(LINK_LIFETIME_SECONDS - 1)
    expect((await visit(scene, linkSecret)).outcome).toBe('confirm')
    scene.services.clock.advance(1)
    expect(await visit(scene, linkSecret)).toEqual({
      outcome: 'return',
      location: 'https://saas.example.com/settings?error=session_expired',
    })
  })

  test('leads to no return URL that is not registered any more', async () => {
    const scene = await openScene()
    const { linkSecret } = await scene.start()
    await updateTenant(scene.services, scene.caller.tenant.id, { returnUrls: ['https://new.example.com/'] })
    scene.services.clock.advance(LINK_LIFETIME_SECONDS)
    expect(await visit(scene, linkSecret)).toEqual({ outcome: 'expired', product: { name: 'Saas' } })
  })

  test('that was used names neither its session nor a connection', async () => {
    const scene = await openScene()
    const { linkSecret } = await scene.leave()
    expect(await visit(scene, new Secret(linkSecret))).toMatchObject({
      outcome: 'used',
      product: {
        returnTo: 'https://saas.example.com/settings?error=link_used',
      },
    })
  })

  test('is not found by the id of its session', async () => {
    const scene = await openScene()
    const { session } = await scene.start()
    expect(await visit(scene, new Secret(session.id))).toEqual({ outcome: 'unknown' })
  })

  test('shows a page while the tenant is suspended, and works again afterwards', async () => {
    const scene = await openScene()
    const { linkSecret } = await scene.start()
    await updateTenant(scene.services, scene.caller.tenant.id, { status: 'suspended' })
    expect(await visit(scene, linkSecret)).toEqual({ outcome: 'suspended', product: { name: 'Saas' } })
    await updateTenant(scene.services, scene.caller.tenant.id, { status: 'active' })
    expect((await visit(scene, linkSecret)).outcome).toBe('redirect')
  })
})

describe('a link that its own browser follows again', () => {
  async function leaving(completion: 'verified' | 'confirmed') {
    const scene = await openScene()
    const { session, linkSecret } = await scene.start({ completion })
    const follow = (more: Partial<LinkVisit> = {}) =>
      followLink(scene.services, { linkSecret: linkSecret.reveal(), ...more })
    const shown = { sent: 'shown', cookie: 'shown' }
    const first = await follow({ confirmation: shown })
    if (first.outcome !== 'redirect') throw new Error(first.outcome)
    return { scene, session, follow, shown, cookies: cookiesOf(first.browserCookie) }
  }

  test('after "Back" gets a state of its own, at once or from the page', async () => {
    const verified = await leaving('verified')
    expect((await verified.follow({ cookies: verified.cookies })).outcome).toBe('redirect')
    const { follow, cookies, shown } = await leaving('confirmed')
    expect((await follow({ cookies })).outcome).toBe('confirm')
    expect((await follow({ cookies, confirmation: shown })).outcome).toBe('redirect')
  })

  test('after "Back" may click twice, and has a state for each click', async () => {
    const { scene, follow, cookies } = await leaving('verified')
    const clicks = await Promise.all([1, 2, 3].map(() => follow({ cookies })))
    expect(clicks.map(({ outcome }) => outcome)).toEqual(['redirect', 'redirect', 'redirect'])
    const states = clicks.map((click) => 'browserCookie' in click && click.browserCookie.name)
    expect(new Set(states).size).toBe(3)
    expect((await follow({ cookies: (await scene.leave()).cookies })).outcome).toBe('used')
  })

  test('may still decline', async () => {
    const { scene, session, follow, cookies, shown } = await leaving('confirmed')
    const declined = await follow({ cookies, confirmation: shown, declines: true })
    expect(declined.outcome).toBe('declined')
    expect((await scene.session({ session })).state).toEqual({ status: 'denied', error: 'access_denied' })
  })

  test('by a double click is known by its confirmation, at the same moment, too', async () => {
    const scene = await openScene()
    const { linkSecret } = await scene.start({ completion: 'confirmed' })
    const click = (value: string) =>
      followLink(scene.services, {
        linkSecret: linkSecret.reveal(),
        confirmation: { sent: value, cookie: value },
      })
    const both = await Promise.all([click('mine'), click('mine')])
    expect(both.map(({ outcome }) => outcome)).toEqual(['redirect', 'redirect'])
    expect((await click("a stranger's")).outcome).toBe('used')
  })

  test('by a double click is known when the first click comes between the reads of the second', async () => {
    const scene = await openScene()
    const { linkSecret } = await scene.start({ completion: 'confirmed' })
    const { sessions } = scene.services
    const confirmation = { sent: 'mine', cookie: 'mine' }
    const click = () => followLink(scene.services, { linkSecret: linkSecret.reveal(), confirmation })
    const findLink = sessions.findLink.bind(sessions)
    sessions.findLink = async (hash) => {
      const read = await findLink(hash)
      sessions.findLink = findLink
      expect((await click()).outcome).toBe('redirect')
      return read
    }
    expect((await click()).outcome).toBe('redirect')
  })

  test('is no other browser: with no cookie, a wrong one, or that of another session', async () => {
    const { scene, follow, cookies } = await leaving('verified')
    const other = await scene.leave()
    const [name = ''] = cookies.keys()
    for (const wrong of [new Map(), new Map([[name, 'x']]), new Map([[name, '']]), other.cookies])
      expect((await follow({ cookies: wrong })).outcome).toBe('used')
  })

  test('ends with the link, with the state, and with the session', async () => {
    const { scene, follow, cookies } = await leaving('verified')
    scene.services.clock.advance(STATE_LIFETIME_SECONDS)
    expect(await follow({ cookies })).toMatchObject({ outcome: 'return' })
    const again = await leaving('verified')
    const { sessions } = again.scene.services
    const denied = { status: 'denied', error: 'access_denied' } as const
    await sessions.move(again.session, 'authorizing', denied, again.session.expiresAt)
    expect((await again.follow({ cookies: again.cookies })).outcome).toBe('used')
  })
})
