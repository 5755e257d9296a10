// What the members of API keys, identity providers and audit events mean.
import { type Field, time } from './field.ts'

export const CREDENTIAL_FIELDS: Readonly<Record<string, Field>> = {
  hint: { description: 'First characters of the API key, enough to recognise it.' },
  'ApiKey.scopes': { description: 'What the API key may be used for.' },
  'ApiKeyRequest.scopes': {
    description: 'What the API key may be used for. Default: all scopes.',
    uniqueItems: true,
  },
  'ApiKey.status': {
    description:
      '`active`: the API key works. `expired`: `expires_at` has passed. A revoked key is not listed.',
  },
  successor: {
    description: 'Id of the API key that replaces this one after a rotation. Absent if it was not rotated.',
  },
  'ApiKey.expires_at': time('When the API key stops working by itself. Absent if it never does.'),
  'ApiKeyRequest.expires_at': time(
    'When the API key stops working by itself, such as `2030-01-31T12:00:00Z`. Default: never.',
  ),
  'ApiKeyRotation.expires_at': time(
    'When the new API key stops working by itself, such as `2030-01-31T12:00:00Z`. Default: after the same lifetime as the old key was given, or never.',
  ),
  last_used_at: time('Start of the hour in which the API key was last used. Absent if it never was.'),
  overlap_seconds: {
    description:
      'Seconds for which the old API key still works beside the new one, 0 to 2,592,000 (30 days). Default: 86,400 (one day).',
  },
  api_key: {
    description:
      'The API key itself. It is in the answer that issues it and in no other, because only its hash is stored.',
  },

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
  jwks_uri: {
    description: "URL of the identity provider's public keys (a JWK set).",
    format: 'uri',
  },
  'IdentityProviderRequest.jwks_uri': {
    description:
      "URL of the identity provider's public keys (a JWK set), reachable publicly over https. Default: the issuer followed by `/.well-known/jwks.json`.",
    format: 'uri',
  },
  algorithms: { description: 'Signature algorithms that are accepted.', uniqueItems: true },
  'IdentityProviderRequest.algorithms': {
    description: 'Signature algorithms that are accepted. Default: all three.',
    uniqueItems: true,
  },
  end_user_claim: {
    description: "Name of the claim that holds the tenant's own id of the end user.",
  },
  'IdentityProviderRequest.end_user_claim': {
    description: "Name of the claim that holds the tenant's own id of the end user. Default: `sub`.",
  },

  at: time('When it happened.'),
  'AuditEvent.action': { description: 'What happened: a kind of resource and what was done to it.' },
  'AuditQuery.action': { description: 'Lists only the events with this action. Default: all actions.' },
  actor: { description: 'Who did it.' },
  'actor.type': {
    description:
      'Kind of actor. `api_key`: a back end of the tenant. `end_user`: an end user with a JWT. `operator`: the operator of the service. `browser`: the browser of an end user, on its way to or from ClickFunnels. `service`: the service by itself.',
  },
  'actor.id': {
    description:
      'Id of the API key, the end user, the IAM principal (ARN), the connect session (for a browser), or the name of the function. Absent if the operator acted and the tenant reads the trail.',
  },
  identity_provider_id: {
    description: 'Id of the identity provider that issued the JWT. Only with the type `end_user`.',
  },
  resource: { description: 'What it was done to.' },
  'resource.type': { description: 'Kind of resource.' },
  'resource.id': { description: 'Id of the resource. Absent if the resource was not created.' },
  resource_id: {
    description: 'Lists only the events about the resource with this id. Default: all resources.',
  },
  result: { description: '`ok`, or the code of the error that was answered.' },
  'AuditEvent.reason': {
    description: 'More about what happened; for a change, the names of the changed fields. Often absent.',
  },
  source_ip: {
    description: 'IP address that the request came from. Absent if no request led to the event.',
  },
  user_agent: { description: 'The header `User-Agent` of the request, at most 200 characters.' },
  request_id: { description: 'The `Funnel-Connect-Request-Id` of the answer.' },
}
