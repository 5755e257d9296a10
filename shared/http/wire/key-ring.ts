// A tenant's keys on the wire: when each version was made and what wraps it. Never a key, wrapped or not.

import { toRfc3339 } from '#domain/time.ts'
import type { KeyRing, TenantKeyVersion, Wrapping } from '#domain/vault/key-ring.ts'

export function keyRingJson({ versions, shreddedAt }: KeyRing) {
  return {
    data: versions.map(versionJson),
    ...(shreddedAt !== undefined && { shredded_at: toRfc3339(shreddedAt) }),
  }
}

function versionJson({ version, createdAt, wrappedBy, retiredAt }: TenantKeyVersion) {
  return {
    version,
    created_at: toRfc3339(createdAt),
    wrapped_by: wrappingJson(wrappedBy),
    ...(retiredAt !== undefined && { retired_at: toRfc3339(retiredAt) }),
  }
}

function wrappingJson(wrapping: Wrapping) {
  return wrapping.kind === 'root_key' ? { root_key_version: wrapping.version } : { kms_key_arn: wrapping.arn }
}
