// Identity providers.
import {
  identityProviderChangeSchema,
  identityProviderSchema,
  newIdentityProviderSchema,
} from '#http/wire/identity-provider.ts'
import { listOf } from '#http/wire/shaped.ts'
import type { Bodies } from './body.ts'
import { IDENTITY_PROVIDER } from './samples.ts'

const identityProvider = {
  id: IDENTITY_PROVIDER,
  issuer: 'https://example.eu.auth0.com/',
  audience: 'https://api.example.com',
  audience_claim: 'aud',
  jwks_uri: 'https://example.eu.auth0.com/.well-known/jwks.json',
  algorithms: ['RS256'],
  end_user_claim: 'sub',
  end_user_namespace: 'tenant',
  created_at: '2026-03-01T08:15:00Z',
  updated_at: '2026-03-01T08:15:00Z',
}

export const identityProviders = {
  schemas: {
    IdentityProviderRequest: newIdentityProviderSchema,
    IdentityProviderChange: identityProviderChangeSchema,
    IdentityProvider: identityProviderSchema,
    IdentityProviderList: listOf(identityProviderSchema),
  },
  examples: {
    IdentityProviderRequest: {
      issuer: identityProvider.issuer,
      audience: identityProvider.audience,
      algorithms: identityProvider.algorithms,
    },
    IdentityProviderChange: { algorithms: ['RS256', 'ES256'] },
    IdentityProvider: identityProvider,
    IdentityProviderList: { data: [identityProvider] },
  },
  fields: {
    'IdentityProviderList.data': { description: "All of the tenant's identity providers, oldest first." },
    issuer: {
      description:
        'The issuer: exactly what the tokens have in the claim `iss`, such as `https://example.eu.auth0.com/`.',
    },
    audience: {
      description:
        'The audience: what the audience claim of a token must be or, if it is a list, must contain, such as `https://api.example.com`.',
    },
    audience_claim: {
      description: 'Name of the claim that holds the audience.',
    },
    'IdentityProviderRequest.audience_claim': {
      description:
        'Name of the claim that holds the audience. Default: `aud`. Amazon Cognito has `client_id` in its access tokens, Clerk has `azp`.',
    },
    end_user_namespace: {
      description:
        "Whose ids its end users have. `tenant`: the tenant's own ids, as its API keys name them; two providers with `tenant` and the same `sub` mean the same end user. `identity_provider`: they are apart, and an end user's id is the provider's id, a colon and the claim, such as `idp_01jq8zk3v5x9m2c4d6f8g0h1j2:auth0|123`.",
    },
    'IdentityProviderRequest.end_user_namespace': {
      description:
        "Whose ids its end users have: `tenant` (the tenant's own ids, as its API keys name them) or `identity_provider` (apart: the provider's id, a colon and the claim). Default: `tenant` for the tenant's first provider, `identity_provider` for every further one.",
    },
    'IdentityProviderChange.end_user_namespace': {
      description:
        'Whose ids its end users have. After a change they no longer reach the connections made under their earlier ids.',
    },
    jwks_uri: {
      description: "URL of the identity provider's public keys (a JWK set).",
      format: 'uri',
    },
    'IdentityProviderRequest.jwks_uri': {
      description:
        "URL of the identity provider's public keys (a JWK set), reachable publicly over https. Default: the issuer followed by `/.well-known/jwks.json`.",
      format: 'uri',
    },
    algorithms: { description: 'Signature algorithms that are accepted.' },
    'IdentityProviderRequest.algorithms': {
      description: 'Signature algorithms that are accepted. A repeated one counts once. Default: all three.',
    },
    end_user_claim: {
      description: "Name of the claim that holds the tenant's own id of the end user.",
    },
    'IdentityProviderRequest.end_user_claim': {
      description: "Name of the claim that holds the tenant's own id of the end user. Default: `sub`.",
    },
  },
} satisfies Bodies
