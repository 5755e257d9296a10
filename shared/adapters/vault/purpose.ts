// The purposes for which KMS is called. The adapters name one in the encryption context of each call, and the IAM policies
// allow no call without it. A wrapped key opens for its own purpose only, and tenants name theirs in the policies of their
// KMS keys (docs/deploy.md): these values never change.

export const ROOT_KEY_PURPOSE = 'funnel-connect/root-key'
export const TENANT_KEY_PURPOSE = 'funnel-connect/tenant-key'
