// identity-providers …: whose JWTs a tenant's end users call with.
import type { Command, Values } from './command.ts'
import { type Column, time } from './output.ts'

const MEMBERS: readonly Column[] = [
  ['id', ({ id }) => id],
  ['issuer', ({ issuer }) => issuer],
  ['audience', ({ audience, audience_claim }) => `${audience} (${audience_claim})`],
  ['keys', ({ jwks_uri }) => jwks_uri],
  ['algorithms', ({ algorithms }) => algorithms.join(' ')],
  ['end user', ({ end_user_claim }) => end_user_claim],
  ['created', ({ created_at }) => time(created_at)],
]

const pathOf = ({ positionals }: Values) =>
  `/v1/tenants/${encodeURIComponent(positionals[0] ?? '')}/identity-providers`
const providerOf = (values: Values) => `${pathOf(values)}/${encodeURIComponent(values.positionals[1] ?? '')}`

/** What can be changed later; issuer and audience are how a token finds its tenant. */
const CHANGEABLE = {
  'audience-claim': { value: 'claim', about: 'aud, client_id or azp' },
  'jwks-uri': { value: 'url', about: 'where the keys are' },
  algorithm: { value: 'name', about: 'RS256, ES256 or EdDSA', several: true },
  'end-user-claim': { value: 'claim', about: "the tenant's id of its user" },
} as const

const changeable = (values: Values) => ({
  audience_claim: values.text('audience-claim'),
  jwks_uri: values.text('jwks-uri'),
  algorithms: values.texts('algorithm'),
  end_user_claim: values.text('end-user-claim'),
})

export const IDENTITY_PROVIDER_COMMANDS: Readonly<Record<string, Command>> = {
  add: {
    about: "Registers a tenant's identity provider.",
    takes: ['tenant'],
    options: {
      issuer: { value: 'url', about: "the tokens' iss, to the letter", required: true },
      audience: { value: 'audience', about: 'what their audience claim has to hold', required: true },
      ...CHANGEABLE,
    },
    more: 'Left out: aud, the issuer followed by /.well-known/jwks.json, all three algorithms, sub.',
    run: async ({ api, out, values }) => {
      const given = { issuer: values.text('issuer'), audience: values.text('audience') }
      out.record(await api.call('POST', pathOf(values), { ...given, ...changeable(values) }), MEMBERS)
    },
  },
  list: {
    about: "Lists a tenant's identity providers.",
    takes: ['tenant'],
    run: async ({ api, out, values }) =>
      out.table(
        await api.call('GET', pathOf(values)),
        [
          ['ID', ({ id }) => id],
          ['ISSUER', ({ issuer }) => issuer],
          ['AUDIENCE', ({ audience }) => audience],
        ],
        'The tenant has no identity provider: identity-providers add',
      ),
  },
  show: {
    about: 'Shows an identity provider.',
    takes: ['tenant', 'provider'],
    run: async ({ api, out, values }) => out.record(await api.call('GET', providerOf(values)), MEMBERS),
  },
  update: {
    about: 'Changes what is given of an identity provider, within 60 s.',
    takes: ['tenant', 'provider'],
    options: CHANGEABLE,
    run: async ({ api, out, values }) =>
      out.record(await api.call('PATCH', providerOf(values), changeable(values)), MEMBERS),
  },
  remove: {
    about: 'Removes an identity provider: its tokens are refused within 60 s.',
    takes: ['tenant', 'provider'],
    run: async ({ api, out, values }) => {
      await api.call('DELETE', providerOf(values))
      out.say('Removed: its tokens are refused within 60 s.')
    },
  },
}
