// Identity providers on the wire, both ways. They contain no secret.
import * as z from 'zod/mini'
import {
  ALGORITHMS,
  AUDIENCE_CLAIMS,
  END_USER_NAMESPACES,
  type IdentityProvider,
  type IdentityProviderInput,
} from '#domain/callers/identity-provider.ts'
import { toRfc3339 } from '#domain/time.ts'
import { text } from './fields.ts'
import { shaped } from './shaped.ts'

const algorithms = z.pipe(
  z.array(z.enum(ALGORITHMS)).check(z.minLength(1), z.maxLength(ALGORITHMS.length)),
  z.transform((given) => ALGORITHMS.filter((algorithm) => given.includes(algorithm))),
)
const audienceClaim = z.enum(AUDIENCE_CLAIMS)
const endUserNamespace = z.enum(END_USER_NAMESPACES)

export const newIdentityProviderSchema = z.pipe(
  z.object({
    issuer: text(512),
    audience: text(512),
    audience_claim: z._default(audienceClaim, 'aud'),
    jwks_uri: z.optional(text(1024)),
    algorithms: z.optional(algorithms),
    end_user_claim: z._default(text(128), 'sub'),
    end_user_namespace: z.optional(endUserNamespace),
  }),
  z.transform(
    (body): IdentityProviderInput => ({
      issuer: body.issuer,
      audience: body.audience,
      audienceClaim: body.audience_claim,
      ...(body.jwks_uri && { jwksUri: body.jwks_uri }),
      algorithms: body.algorithms ?? [...ALGORITHMS],
      endUserClaim: body.end_user_claim,
      ...(body.end_user_namespace && { endUserNamespace: body.end_user_namespace }),
    }),
  ),
)

export const identityProviderChangeSchema = z.pipe(
  z.object({
    audience_claim: z.optional(audienceClaim),
    jwks_uri: z.optional(text(1024)),
    algorithms: z.optional(algorithms),
    end_user_claim: z.optional(text(128)),
    end_user_namespace: z.optional(endUserNamespace),
  }),
  z.transform((body) => ({
    ...(body.audience_claim && { audienceClaim: body.audience_claim }),
    ...(body.jwks_uri && { jwksUri: body.jwks_uri }),
    ...(body.algorithms && { algorithms: body.algorithms }),
    ...(body.end_user_claim && { endUserClaim: body.end_user_claim }),
    ...(body.end_user_namespace && { endUserNamespace: body.end_user_namespace }),
  })),
)

export const identityProviderSchema = z.object({
  id: z.string(),
  issuer: z.string(),
  audience: z.string(),
  audience_claim: audienceClaim,
  jwks_uri: z.string(),
  algorithms: z.array(z.enum(ALGORITHMS)),
  end_user_claim: z.string(),
  end_user_namespace: endUserNamespace,
  created_at: z.string(),
  updated_at: z.string(),
})

export function identityProviderJson(provider: IdentityProvider) {
  return shaped(identityProviderSchema, {
    id: provider.id,
    issuer: provider.issuer,
    audience: provider.audience,
    audience_claim: provider.audienceClaim,
    jwks_uri: provider.jwksUri,
    algorithms: provider.algorithms,
    end_user_claim: provider.endUserClaim,
    end_user_namespace: provider.endUserNamespace ?? 'tenant',
    created_at: toRfc3339(provider.createdAt),
    updated_at: toRfc3339(provider.updatedAt),
  })
}
