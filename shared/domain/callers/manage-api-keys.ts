// Issues, rotates and revokes a tenant's API keys. A tenant may have several at once. A key is shown once, and only its
// hash is stored.
import type { Ambient } from '../ambient.ts'
import { ServiceError, validationFailed } from '../errors.ts'
import { sha256 } from '../hash.ts'
import type { ApiKeyId, TenantId } from '../ids.ts'
import { Secret } from '../secret.ts'
import { livingTenant, tenantDeleted } from '../tenants/manage-tenants.ts'
import type { TenancyPorts } from '../tenants/ports.ts'
import { isLoopback } from '../tenants/web-url.ts'
import { type EpochSeconds, earliest, later } from '../time.ts'
import type { ApiKey, IssuedApiKey } from './api-key.ts'
import { hintOf, newApiKey } from './api-key-form.ts'
import type { CallerPorts } from './ports.ts'

type Ports = Pick<
  Ambient & TenancyPorts & CallerPorts,
  'now' | 'newId' | 'randomBytes' | 'publicUrl' | 'tenants' | 'apiKeys'
>

/** @throws ServiceError not_found or tenant_deleted if there is no such tenant; validation_failed if the key would have ended already */
export async function issueApiKey(
  services: Ports,
  tenantId: TenantId,
  input: Pick<ApiKey, 'name' | 'scopes' | 'expiresAt'>,
): Promise<IssuedApiKey> {
  await livingTenant(services, tenantId)
  const issued = mint(services, tenantId, input)
  if (await services.apiKeys.create(issued.record)) return issued
  throw tenantDeleted()
}

/**
 * Makes a successor with the same name and scopes. Both work until the overlap is over, then the old one ends. The
 * successor gets the lifetime of the old one, unless `expiresAt` is given.
 * @throws ServiceError not_found; tenant_deleted; api_key_not_rotatable; validation_failed
 */
export async function rotateApiKey(
  services: Ports,
  tenantId: TenantId,
  id: ApiKeyId,
  input: { readonly overlapSeconds: number; readonly expiresAt?: EpochSeconds },
): Promise<IssuedApiKey> {
  const now = services.now()
  await livingTenant(services, tenantId)
  const old = await services.apiKeys.get(tenantId, id)
  if (old === undefined) throw noSuchKey()
  const { name, scopes, createdAt } = old
  if (old.expiresAt !== undefined && old.expiresAt <= now) throw notRotatable('The API key has expired.')
  const lifetime = old.expiresAt === undefined ? undefined : later(now, old.expiresAt - createdAt)
  const expiresAt = input.expiresAt ?? lifetime
  const issued = mint(services, tenantId, { name, scopes, ...(expiresAt !== undefined && { expiresAt }) })
  const endsAt = earliest(later(now, input.overlapSeconds), old.expiresAt)
  if (await services.apiKeys.succeed(old, issued.record, endsAt)) return issued
  await livingTenant(services, tenantId)
  throw notRotatable('The API key already has a successor or was just revoked.')
}

/** @throws ServiceError not_found */
export async function revokeApiKey(
  services: Pick<CallerPorts, 'apiKeys'>,
  tenantId: TenantId,
  id: ApiKeyId,
): Promise<void> {
  if (!(await services.apiKeys.remove(tenantId, id))) throw noSuchKey()
}

function mint(
  services: Ports,
  tenantId: TenantId,
  input: Pick<ApiKey, 'name' | 'scopes' | 'expiresAt'>,
): IssuedApiKey {
  const createdAt = services.now()
  if (input.expiresAt !== undefined && input.expiresAt <= createdAt) {
    throw validationFailed({ pointer: '#/expires_at', detail: 'must be in the future' })
  }
  const key = newApiKey(services.randomBytes, isLoopback(new URL(services.publicUrl)) ? 'test' : 'live')
  const id = services.newId('apiKey')
  const record = { id, tenantId, ...input, hint: hintOf(key), hash: sha256(key), createdAt }
  return { record, key: new Secret(key) }
}

function noSuchKey(): ServiceError {
  return new ServiceError('not_found', 'There is no such API key.')
}

function notRotatable(why: string): ServiceError {
  return new ServiceError('api_key_not_rotatable', `${why} Issue a new one.`)
}
