// The commands "identity-providers …": they issue the JWTs that a tenant's end users call with.
import type { Command, Context, Values } from './command.ts'
import type { Json } from './json.ts'
import { type Column, time } from './output.ts'

const MEMBERS: readonly Column[] = [
  ['id', ({ id }) => id],
  ['issuer', ({ issuer }) => issuer],
  ['audience', ({ audience, audience_claim }) => `${audience} (${audience_claim})`],
  ['keys', ({ jwks_uri }) => jwks_uri],
  ['algorithms', ({ algorithms }) => algorithms.join(' ')],
  ['end user', ({ end_user_claim }) => end_user_claim],
  ['end user ids', ({ end_user_namespace }) => NAMESPACES[end_user_namespace] ?? end_user_namespace],
  ['created', ({ created_at }) => time(created_at)],
]

const NAMESPACES: Readonly<Record<string, string>> = {
  tenant: "the tenant's",
  identity_provider: 'its own (<provider>:<claim>)',
}

const pathOf = ({ positionals }: Values) =>
  `/v1/tenants/${encodeURIComponent(positionals[0] ?? '')}/identity-providers`
const providerOf = (values: Values) => `${pathOf(values)}/${encodeURIComponent(values.positionals[1] ?? '')}`

/** Issuer and audience cannot change, because the service finds the tenant of a JWT by them. */
const CHANGEABLE = {
  'audience-claim': { value: 'claim', about: 'the claim that holds the audience: aud, client_id or azp' },
  'jwks-uri': { value: 'url', about: 'where its public keys (JWKS) are' },
  algorithm: {
    value: 'name',
    about: 'an accepted signature algorithm: RS256, ES256 or EdDSA',
    several: true,
  },
  'end-user-claim': { value: 'claim', about: "the claim that holds the end user's id" },
  'end-user-namespace': {
    value: 'whose',
    about:
      "whose ids its end users have: tenant (as the tenant's API keys name them) or identity_provider (apart)",
  },
} as const

const changeable = (values: Values) => ({
  audience_claim: values.text('audience-claim'),
  jwks_uri: values.text('jwks-uri'),
  algorithms: values.texts('algorithm'),
  end_user_claim: values.text('end-user-claim'),
  end_user_namespace: values.text('end-user-namespace'),
})

/** Warns when end users of this provider and of another one are told apart by their ids alone. */
async function warnIfJoined(
  api: Context['api'],
  out: Context['out'],
  values: Values,
  { end_user_namespace }: Json,
): Promise<void> {
  if (end_user_namespace !== 'tenant') return
  const { data } = await api.call('GET', pathOf(values))
  const joined = data.filter((one: Json) => one.end_user_namespace === 'tenant')
  if (joined.length < 2) return
  out.say(`Warning: ${joined.length} identity providers of this tenant share its end-user ids.
The same id from either of them is the same end user, with the same connections. If they are different people:
identity-providers update <tenant> <provider> --end-user-namespace identity_provider`)
}

export const IDENTITY_PROVIDER_COMMANDS: Readonly<Record<string, Command>> = {
  add: {
    about: "Registers a tenant's identity provider.",
    takes: ['tenant'],
    options: {
      issuer: { value: 'url', about: 'the exact "iss" of its JWTs', required: true },
      audience: { value: 'audience', about: 'the audience that its JWTs must name', required: true },
      ...CHANGEABLE,
    },
    more: `Defaults: --audience-claim aud, --jwks-uri <issuer>/.well-known/jwks.json, --algorithm all three,
--end-user-claim sub. --end-user-namespace is tenant for a tenant's first provider, else identity_provider.`,
    run: async ({ api, out, values }) => {
      const given = { issuer: values.text('issuer'), audience: values.text('audience') }
      const added = await api.call('POST', pathOf(values), { ...given, ...changeable(values) })
      out.record(added, MEMBERS)
      await warnIfJoined(api, out, values, added)
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
        'The tenant has no identity providers. To register one: identity-providers add',
      ),
  },
  show: {
    about: 'Shows an identity provider.',
    takes: ['tenant', 'provider'],
    run: async ({ api, out, values }) => out.record(await api.call('GET', providerOf(values)), MEMBERS),
  },
  update: {
    about: 'Changes the given settings of an identity provider. They take effect within 60 s.',
    takes: ['tenant', 'provider'],
    options: CHANGEABLE,
    run: async ({ api, out, values }) => {
      const updated = await api.call('PATCH', providerOf(values), changeable(values))
      out.record(updated, MEMBERS)
      await warnIfJoined(api, out, values, updated)
    },
  },
  remove: {
    about: 'Removes an identity provider. Its JWTs stop working within 60 s.',
    takes: ['tenant', 'provider'],
    run: async ({ api, out, values }) => {
      await api.call('DELETE', providerOf(values))
      out.say('Removed. Its JWTs stop working within 60 s.')
    },
  },
}
