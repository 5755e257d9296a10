// What is read from a JWT: where it says it belongs, and which end user it names once it is verified.
import { describe, expect, test } from 'vitest'
import { addressOf, endUserOf } from '#domain/callers/end-user-token.ts'
import { anIdentityProvider, newId } from '../../contracts/samples.ts'

const provider = { ...anIdentityProvider(newId('tenant')), endUserClaim: 'user_id' }
const idIn = (claim: unknown) => endUserOf({ sub: 'other', user_id: claim }, provider)?.id

describe('the end user', () => {
  test.each([
    ['alice', 'alice'],
    [42, '42'],
    [0, '0'],
    [-7, '-7'],
    [Number.MAX_SAFE_INTEGER, '9007199254740991'],
  ])('is named by a text or a whole number: %j', (claim, id) => {
    expect(idIn(claim)).toBe(id)
  })

  test.each([
    // JSON.parse rounds it, so two end users would become one.
    ['too large to be exact', JSON.parse('9007199254740993')],
    ['far too large', 1e300],
    ['no whole number', 1.5],
    ['not finite', Number.POSITIVE_INFINITY],
    ['no number', Number.NaN],
  ])('is not named by a number that is %s', (_, claim) => {
    expect(idIn(claim)).toBeUndefined()
  })

  test.each([[undefined], [null], [''], [true], [['alice']], [{ id: 'alice' }], ['x'.repeat(257)]])(
    'is not named by %j',
    (claim) => {
      expect(idIn(claim)).toBeUndefined()
    },
  )

  test('is called by its name, else by its e-mail address, if that is a text of at most 256 characters', () => {
    const nameIn = (claims: object) => endUserOf({ user_id: 'alice', ...claims }, provider)?.displayName
    expect(nameIn({ name: 'Alice', email: 'a@example.com' })).toBe('Alice')
    const email = 'a@example.com'
    expect(nameIn({ name: '', email, email_verified: true })).toBe(email)
    for (const email_verified of [undefined, false, 'true', 1])
      expect(nameIn({ email, email_verified })).toBeUndefined()
    expect(nameIn({ name: 'x'.repeat(257), email: 7 })).toBeUndefined()
  })
})

describe('the address', () => {
  const token = (claims: unknown) =>
    `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2lnbmF0dXJl`

  test('is the issuer, and every audience in any of the claims that name one', () => {
    const named = { aud: ['api', 'app'], azp: ['app'], client_id: [] }
    expect(addressOf(token({ iss: 'https://id.example', aud: ['api', 'app', 7], azp: 'app' }))).toEqual({
      issuer: 'https://id.example',
      audiences: ['api', 'app'],
      named,
    })
  })

  test.each([
    ['names no issuer', { aud: 'api' }],
    ['names no audience', { iss: 'https://id.example' }],
    ['names more than ten audiences', { iss: 'https://id.example', aud: [...'abcdefghijk'] }],
    ['is longer than 8192 characters', { iss: 'https://id.example', aud: 'api', x: 'x'.repeat(8192) }],
    ['is no object', null],
  ])('is not read from a token that %s', (_, claims) => {
    expect(addressOf(token(claims))).toBeUndefined()
  })
})

describe('a provider whose end users are apart', () => {
  const apart = { ...provider, endUserNamespace: 'identity_provider' } as const

  test('names them with its own id, so that the same claim of another provider is another end user', () => {
    expect(endUserOf({ user_id: 'alice' }, apart)?.id).toBe(`${provider.id}:alice`)
    expect(endUserOf({ user_id: 7 }, apart)?.id).toBe(`${provider.id}:7`)
    expect(endUserOf({ user_id: '' }, apart)).toBeUndefined()
  })

  test("cannot have its end users named by a provider that speaks of the tenant's own", () => {
    expect(endUserOf({ user_id: `${provider.id}:alice` }, provider)).toBeUndefined()
    expect(endUserOf({ user_id: 'alice:idp_1' }, provider)?.id).toBe('alice:idp_1')
  })
})
