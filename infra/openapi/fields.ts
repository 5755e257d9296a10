// What each member of a request or an answer means, once, by its name; by "Schema.name" or "parent.name" where one name
// means several things. A member without an entry fails test/openapi.

/** JSON Schema keywords that are put on the member; `description` always. */
export interface Field {
  readonly description: string
  readonly [keyword: string]: unknown
}

const time = (description: string): Field => ({ description, format: 'date-time' })

export const FIELDS: Readonly<Record<string, Field>> = {
  id: { description: 'Id; sorts by time of creation.' },
  data: { description: 'The items of this page.' },
  next_cursor: { description: 'Pass it as `cursor` for the next page. Absent on the last one.' },
  name: { description: 'A name for people.' },
  status: { description: 'How it stands.' },
  created_at: time('When it was created.'),
  updated_at: time('When it was last changed.'),

  app_id: {
    description: "The tenant's ClickFunnels application. May be left out by a tenant that has one only.",
  },
  'Connection.app_id': { description: 'The application through which it was connected.' },
  'ConnectSession.app_id': { description: 'The application it connects through.' },
  end_user: { description: "The tenant's own user. With a JWT it is taken from that." },
  'end_user.id': { description: "The tenant's own id of its user; opaque to the service." },
  'end_user.display_name': { description: 'What the confirmation page calls the user.' },
  return_url: {
    description:
      'Where the browser is sent in the end. Has to lie under a URL that is registered for the tenant.',
    format: 'uri',
  },
  completion: {
    description:
      '`verified`: the code is exchanged only when `complete` is called for the user who is logged in then. `confirmed`: a page names product and account before the browser goes to ClickFunnels, and the return ends it.',
  },
  completion_code: {
    description:
      'What the return URL was called with: only the browser that approved has it. Required with a JWT.',
  },
  connection_id: { description: 'The connection that was made; in a request, the one to reconnect.' },
  connect_url: {
    description: "Where the end user's browser has to go. Told once, works once, lives 30 minutes.",
    format: 'uri',
  },
  error: { description: 'Why it was denied or failed: a code of ClickFunnels or of the service.' },
  expires_at: time('When the present state runs out.'),

  status_reason: { description: 'Why it is no longer active.' },
  workspace: { description: 'The ClickFunnels workspace, as far as ClickFunnels tells.' },
  'workspace.id': { description: "ClickFunnels' id of the workspace." },
  'workspace.name': { description: 'Name of the workspace.' },
  subdomain: { description: 'The first label of its host.' },
  team_id: { description: "ClickFunnels' id of its team." },
  team_name: { description: 'Name of its team.' },
  scopes: { description: 'The OAuth scopes that were granted.' },
  token: { description: 'How the token is kept alive. Never the token itself.' },
  'token.expires_at': time('When the present access token expires; absent when it does not.'),
  refreshable: { description: 'Whether a refresh token came with it. If not, it is probed instead.' },
  last_refreshed_at: time('When it was last refreshed.'),
  next_due_at: time('When it is looked after next.'),
  consecutive_failures: { description: 'Refreshes that failed in a row.', minimum: 0 },
  last_error: { description: 'What the last of them failed with.' },

  end_user_id: { description: 'Only connections of this user.' },
  'ListQuery.app_id': { description: 'Only connections of this application.' },
  'ListQuery.status': { description: 'Only connections that stand so.' },
  limit: { description: 'Items a page.', type: 'integer', minimum: 1, maximum: 100, pattern: undefined },
  cursor: { description: 'The `next_cursor` of the page before.' },

  'MassRevocationRequest.app_id': { description: 'Those of this application.' },
  'MassRevocationRequest.end_user_id': { description: 'Those of this user.' },
  'MassRevocationRequest.cursor': { description: 'The `next_cursor` of the answer before.' },
  all: { description: "All of the tenant's; stands alone." },
  suspended: { description: 'Whether it is to be suspended.' },
  suspended_at: time('Since when it is suspended by the operator; absent when it is not.'),
  processed: { description: 'Connections looked at by this call.' },
  revoked: { description: 'Those whose revocation ClickFunnels has taken.' },
  owed: { description: 'Disconnected; ClickFunnels is asked again in the background.' },
  failed: { description: 'Still connected, by a fault of the service: send it again.' },
  confirm: { description: 'The id of the tenant, once more.' },
  revoke: {
    description:
      'Whether tokens are revoked at ClickFunnels first. Without, nobody can revoke them afterwards.',
  },
  'TenantDeletion.status': { description: 'Whether it is done.', enum: ['deleting', 'deleted'] },
  stage: { description: 'Where the deletion stands.' },
  erased: { description: 'Stored items that were erased by this call.' },
  deleted_at: time('When it was deleted. Only its name and times are kept.'),
  force: {
    description: 'Also when no other client secret is known to work.',
  },

  return_urls: {
    description:
      'URLs under which the return URLs of sessions have to lie: same scheme, host, port and path prefix.',
  },
  origins: { description: 'Origins whose pages may read answers (CORS).' },
  kms_key_arn: { description: "The tenant's own KMS key, which then wraps its keys." },
  branding: { description: 'What the pages that end users see look like.' },
  color: { description: 'The colour of the product, `#rrggbb`.' },
  'Tenant.status': {
    description:
      '`suspended`: its credentials are refused and its tokens are not refreshed. `deleting` and `deleted`: for good.',
  },
  'TenantChange.status': {
    description: '`suspended` stops the tenant within 60 seconds; `active` brings everything back.',
  },
  'App.status': {
    description: '`suspended`: its connections are neither called nor refreshed.',
    enum: ['active', 'suspended'],
  },
  'AppChange.status': {
    description:
      '`suspended` stops it within 60 seconds, refreshes at once; `active` brings everything back.',
  },
  state: {
    description: 'What is known of it: whether ClickFunnels took it the last time.',
    enum: ['untried', 'in_use', 'refused', 'former'],
  },
  client_id: { description: "The application's client id at ClickFunnels." },
  client_secret: { description: 'A client secret. It is sealed and never told again.', writeOnly: true },
  client_secrets: {
    description: 'The client secrets that are tried, newest first: when each was stored, never what it is.',
  },
  serial: { description: 'Number of the secret.' },
  redirect_uri: { description: 'To be entered at ClickFunnels, exactly so.', format: 'uri' },
  health: { description: "How ClickFunnels takes the application's own credentials." },
  'health.status': {
    description: '`working`, or what is recognised to be the matter.',
    enum: ['working', 'credentials_refused', 'provider_down'],
  },
  since: time('Since when.'),
  limits: { description: 'What it may use at the most; what is left out is not limited.' },
  connections: { description: 'Connections at a time.' },
  sessions_per_minute: { description: 'Connect sessions started a minute.' },
  requests_per_second: { description: 'Proxied calls a second.' },
  hint: { description: 'How the key begins: enough to recognise it.' },
  'ApiKey.scopes': { description: 'What it may do.' },
  'ApiKeyRequest.scopes': { description: 'What it may do. Default: everything.', uniqueItems: true },
  'ApiKey.status': { description: 'Whether it is in force.', enum: ['active', 'expired'] },
  successor: { description: 'The key that takes its place after a rotation.' },
  'ApiKey.expires_at': time('When it ends by itself.'),
  'ApiKeyRequest.expires_at': time('When it ends by itself. Default: never.'),
  'ApiKeyRotation.expires_at': time('When the new key ends. Default: when the old one was meant to.'),
  last_used_at: time('The hour in which it was used last.'),
  overlap_seconds: { description: 'How long the old key goes on beside the new one.' },
  api_key: { description: 'The key. Told once, here; only its hash is kept.' },
  identity_provider: {
    description: "The tenant's own identity provider, whose JWTs its end users call with.",
  },
  issuer: { description: "The tokens' `iss`, to the letter." },
  audience: { description: 'What the audience claim of a token has to be, or to hold.' },
  audience_claim: { description: 'The claim that names the audience.' },
  jwks_uri: {
    description: 'Where the keys are. Default: the issuer followed by `/.well-known/jwks.json`.',
    format: 'uri',
  },
  algorithms: {
    description: 'Signature algorithms that are taken. Default: all of them.',
    uniqueItems: true,
  },
  end_user_claim: { description: "The claim that is the tenant's own id of its user." },
  at: time('When it happened.'),
  'AuditEvent.action': { description: 'A thing and what was done to it.' },
  'AuditQuery.action': { description: 'Only this action.' },
  actor: { description: 'Who did it.' },
  'actor.type': { description: 'The kind of credential, or `service` where nobody asked for it.' },
  'actor.id': { description: 'Its id. A tenant is not told which principal of the operator.' },
  identity_provider_id: { description: 'The identity provider that vouched for the end user.' },
  resource: { description: 'What it was done to. Without an id, what was to be made was not made.' },
  'resource.type': { description: 'The kind of thing.' },
  resource_id: { description: 'Only what was done to the thing of this id.' },
  result: { description: '`ok`, or the code of the error it ended with.' },
  'AuditEvent.reason': { description: 'What else explains it; of a change, what was changed.' },
  source_ip: { description: 'Where the request came from.' },
  user_agent: { description: 'What sent it, as it says itself.' },
  request_id: { description: "The answer's `Funnel-Connect-Request-Id`." },
  version: { description: 'Number of the version.' },
  wrapped_by: { description: 'What wraps it.' },
  root_key_version: { description: "The service's root key, by version." },
  'wrapped_by.kms_key_arn': { description: "The tenant's own KMS key." },
  retired_at: time('When it stopped sealing; it still opens what it sealed.'),
  shredded_at: time('When the keys were deleted for good.'),
  openapi: { description: 'The version of OpenAPI.' },
  'Health.status': { description: 'Always `ok`.' },

  type: { description: 'A URL that explains the code.', format: 'uri' },
  title: { description: 'The code in words.' },
  'Problem.status': { description: 'The HTTP status.' },
  code: { description: 'What went wrong: stable, to be told apart by programs.' },
  detail: { description: 'What went wrong this time, for people.' },
  errors: { description: '`validation_failed`: the members and parameters that break a rule.' },
  pointer: { description: 'JSON pointer into the body, as a URI fragment.' },
  parameter: { description: 'Name of the query parameter or header.' },
  'Problem.connection_id': { description: 'The connection it is about: the one to reconnect, say.' },
  'Problem.app_id': { description: 'The app it is about.' },
  'Problem.limit': {
    description: '`tenant_limit_exceeded`: the name of the limit; of something too large, the most bytes.',
  },
  size: { description: 'Of something too large, its bytes.' },
  scope: { description: '`insufficient_scope`: the scope that the API key lacks.' },
  reason: { description: '`reauthorization_required`: how ClickFunnels showed it.' },
  upstream_status: { description: '`idempotency_answer_not_kept`: the status of the answer.' },
  session_status: { description: '`session_not_completable`: how the session stands.' },

  'Funnel.id': { description: "ClickFunnels' id." },
  public_id: { description: "ClickFunnels' public id." },
  workspace_id: { description: 'The workspace it belongs to.' },
  'Funnel.name': { description: 'Its name.' },
  current_path: { description: 'Its path on the site.' },
  live_mode: { description: 'Whether it is live.' },
}
