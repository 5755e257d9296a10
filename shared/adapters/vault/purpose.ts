// The purposes for which KMS is called. Each call names one in its encryption context, and the IAM policies allow no call
// without it. These values never change, because a wrapped key opens only for its own purpose, and because tenants name
// theirs in the policies of their KMS keys (docs/deploy.md).

export const ROOT_KEY_PURPOSE = 'funnel-connect/root-key'
export const TENANT_KEY_PURPOSE = 'funnel-connect/tenant-key'
/** Of the secrets that sign webhooks. */
export const WEBHOOK_SECRET_PURPOSE = 'funnel-connect/webhook-secret'
