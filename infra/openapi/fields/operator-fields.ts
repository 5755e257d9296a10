// What the members of tenants, apps and keys mean, and of what the operator does with connections.
import { type Field, time } from './field.ts'

export const OPERATOR_FIELDS: Readonly<Record<string, Field>> = {
  return_urls: {
    description:
      'URLs under which the `return_url` of a connect session may lie, such as `https://app.example.com/connected`, at most 50. Scheme, host and port must match exactly; the path covers itself and everything below it. https only, except http on localhost. Without any, the tenant cannot start sessions.',
  },
  'TenantRequest.return_urls': {
    description:
      'URLs under which the `return_url` of a connect session may lie, such as `https://app.example.com/connected`, at most 50. Scheme, host and port must match exactly; the path covers itself and everything below it. https only, except http on localhost. Default: none, so that the tenant cannot start sessions.',
  },
  origins: {
    description:
      "Origins of the tenant's web pages that may call this API, such as `https://app.example.com`, at most 50: scheme, host and port exactly as the browser sends them, without a slash at the end.",
  },
  'TenantRequest.origins': {
    description:
      "Origins of the tenant's web pages that may call this API, such as `https://app.example.com`, at most 50: scheme, host and port exactly as the browser sends them, without a slash at the end. Default: none.",
  },
  kms_key_arn: {
    description:
      "ARN of the tenant's own AWS KMS key, which then encrypts the tenant's keys. Absent if the service's key does.",
  },
  'TenantRequest.kms_key_arn': {
    description:
      "ARN of a KMS key of the tenant's own (a key, not an alias), which then encrypts the tenant's keys. The key's policy must allow the service to use it; docs/deploy.md has the policy. Default: the service's key.",
  },
  'TenantChange.kms_key_arn': {
    description:
      "ARN of a KMS key of the tenant's own (a key, not an alias), which then encrypts the tenant's keys. `null`: the service's key is used again. A change rotates the tenant's key.",
  },
  branding: { description: 'How the pages that end users see look.' },
  'TenantRequest.branding': {
    description: "How the pages that end users see look. Default: the service's own colour.",
  },
  'TenantChange.branding': {
    description: "How the pages that end users see look. `null`: the service's own colour is used again.",
  },
  color: {
    description:
      'Colour of the product, such as `#1c5fd4`. The service makes it darker or lighter where text would be hard to read.',
  },
  'Tenant.status': {
    description:
      'Current status. `active`: everything works. `suspended`: its credentials are refused and its tokens are not refreshed, until it is resumed. `deleting`: its deletion has begun and cannot be stopped. `deleted`: it is gone for good.',
  },
  'CreatedTenant.status': { description: 'Always `active`.' },
  'TenantChange.status': {
    description:
      '`suspended` stops calls within 60 seconds and refreshes at once; nothing is lost. `active` resumes the tenant within 60 seconds.',
  },
  deleted_at: time(
    'When the tenant was deleted. Only its id, name, times and audit trail are kept. Absent if it was not deleted.',
  ),
  limits: { description: "The tenant's own limits. Absent if it has none." },
  'TenantRequest.limits': {
    description: "The tenant's own limits. Default: the limits that the service has for all tenants.",
  },
  'TenantChange.limits': {
    description:
      "The tenant's own limits, as a whole: a limit that is left out is the service's default again. `null` removes all of them. A change takes effect within 60 seconds.",
  },
  connections: {
    description: "Maximum number of connections. Absent: the service's default, if it has one.",
  },
  sessions_per_minute: {
    description:
      "Maximum number of connect sessions started in a minute by the clock. Absent: the service's default, if it has one.",
  },
  requests_per_second: {
    description:
      "Maximum number of calls through the proxy per second, averaged over ten seconds. Absent: the service's default, if it has one.",
  },
  identity_provider: {
    description:
      "The tenant's own identity provider, whose JWTs its end users call with. Default: none; it can be registered later.",
  },
  'CreatedTenant.identity_provider': {
    description: 'The identity provider, if one was registered with the tenant. Absent otherwise.',
  },

  'App.name': { description: 'Name of the app, shown to the operator only.' },
  'App.status': {
    description:
      'Current status. `active`: everything works. `suspended`: its connections are neither called nor refreshed.',
  },
  'AppChange.status': {
    description:
      '`suspended` stops calls within 60 seconds and refreshes at once; nothing is lost. `active` resumes the app within 60 seconds.',
  },
  client_id: { description: "The application's client id, as ClickFunnels shows it." },
  client_secret: {
    description:
      "The application's client secret, as ClickFunnels shows it. It is stored encrypted and never shown again.",
    writeOnly: true,
  },
  'AppChange.client_secret': {
    description:
      'A new client secret. The one that works now is kept beside it until it is removed, so that calls go on during the change. It is stored encrypted and never shown again.',
    writeOnly: true,
  },
  client_secrets: {
    description: "The app's client secrets, newest first. The secrets themselves are never shown.",
  },
  serial: { description: 'Number of the client secret: 1 for the first one, then counting up.' },
  state: {
    description:
      'What is known of the client secret. `untried`: it was not used yet. `in_use`: ClickFunnels accepted it the last time. `refused`: ClickFunnels did not accept it. `former`: it is kept beside the one in use.',
  },
  'client_secrets.created_at': time('When the client secret was stored.'),
  redirect_uri: {
    description:
      'Redirect URI of the app. Enter it in the settings of the application at ClickFunnels, exactly as it is.',
    format: 'uri',
  },
  health: { description: "Whether ClickFunnels accepts the app's credentials and answers." },
  'health.status': {
    description:
      '`working`: no trouble is known. `credentials_refused`: ClickFunnels refuses the client id or every client secret; store the right one. `provider_down`: ClickFunnels does not answer for this app.',
  },
  since: time('When the trouble began. Absent if the status is `working`.'),
  force: {
    description:
      '`true` removes the client secret even if no other one is known to work. The last one is never removed. Default: `false`.',
  },

  suspended: {
    description:
      '`true` suspends the connection: calls stop within 5 seconds, refreshes at once, and nothing is lost. `false` resumes it.',
  },
  'MassRevocationRequest.app_id': {
    description: 'Revokes the connections of the app with this id. May be combined with `end_user_id`.',
  },
  'MassRevocationRequest.end_user_id': {
    description:
      "Revokes the connections of the end user with this id (the tenant's own id). May be combined with `app_id`.",
  },
  'MassRevocationRequest.cursor': {
    description: 'The `next_cursor` of the previous answer, to continue. Default: from the beginning.',
  },
  all: {
    description:
      "`true` revokes all of the tenant's connections. Send either this, or `app_id`, `end_user_id` or both.",
  },
  'MassRevocation.next_cursor': {
    description: 'Send it as `cursor` to continue. Absent if all connections were processed.',
  },
  processed: { description: 'Number of connections that this call processed.' },
  revoked: {
    description: 'Number of connections that were removed and whose revocation ClickFunnels has confirmed.',
  },
  owed: {
    description:
      'Number of connections that were removed, but whose revocation ClickFunnels has not confirmed yet. The service retries for about a week.',
  },
  failed: {
    description:
      'Number of connections that could not be removed because of a fault of the service. Send the request again.',
  },
  confirm: {
    description:
      'The id of the tenant once more, such as `ten_01k2q8v3c00123456789abcdef`, against mistakes.',
  },
  revoke: {
    description:
      'Revoke tokens at ClickFunnels before deleting. If false, they stay valid and can no longer be revoked. Default: true.',
  },
  'TenantDeletion.status': {
    description: '`deleting`: send the request again. `deleted`: the deletion is complete.',
  },
  stage: {
    description:
      'Current step. `revoking`: tokens are being revoked at ClickFunnels. `erasing`: the keys are deleted and stored items are being erased. `deleted`: complete.',
  },
  'TenantDeletion.owed': {
    description:
      'Number of revocations that ClickFunnels has not confirmed yet. The deletion continues when there is none left.',
  },
  erased: { description: 'Number of stored items that this call erased.' },

  'KeyRing.data': { description: "All versions of the tenant's key, oldest first." },
  version: { description: 'Number of the version: 1 for the first one, then counting up.' },
  wrapped_by: { description: 'The key that encrypts this version: one of the two members.' },
  root_key_version: { description: "Version of the service's root key." },
  'wrapped_by.kms_key_arn': { description: "ARN of the tenant's own KMS key." },
  'data.created_at': time('When this version was created.'),
  retired_at: time(
    'When the version was retired: it encrypts nothing new, but still decrypts. Absent if it was not.',
  ),
  shredded_at: time('When the keys were deleted for good. Absent if they were not.'),
  'RootKey.version': { description: 'Number of the version of the root keys that encrypts from now on.' },
}
