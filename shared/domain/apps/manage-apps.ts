// Registers and changes a tenant's platform applications, and rotates their client secrets, for the operator. The former
// secret keeps working beside a new one.
import type { Ambient } from '../ambient.ts'
import { ServiceError } from '../errors.ts'
import { randomSecret } from '../hash.ts'
import type { AppId, TenantId } from '../ids.ts'
import { untilUnchanged } from '../repeat.ts'
import type { Secret } from '../secret.ts'
import { livingTenant } from '../tenants/manage-tenants.ts'
import type { TenancyPorts } from '../tenants/ports.ts'
import type { VaultPorts } from '../vault/ports.ts'
import { tenantShredded } from '../vault/vault.ts'
import type { App, SealedClientSecret } from './app.ts'
import { secretState } from './app-health.ts'
import { clientSecretOf } from './client-secrets.ts'
import type { AppStorePorts } from './ports.ts'

/** Members that are absent stay. `eventTypes` null: no events are wanted any more. */
export interface AppChange {
  readonly name?: string
  readonly clientSecret?: Secret
  readonly eventTypes?: readonly string[] | null
}

type AppPorts = Pick<
  Ambient & TenancyPorts & AppStorePorts & VaultPorts,
  'now' | 'newId' | 'randomBytes' | 'tenants' | 'apps' | 'vault'
>

/** @throws ServiceError not_found or tenant_deleted if there is no such tenant; tenant_shredded */
export async function createApp(
  services: AppPorts,
  tenantId: TenantId,
  input: Pick<App, 'name' | 'clientId'> & { readonly clientSecret: Secret },
): Promise<App> {
  await livingTenant(services, tenantId)
  const now = services.now()
  const id = services.newId('app')
  const app: App = {
    id,
    tenantId,
    name: input.name,
    clientId: input.clientId,
    clientSecrets: [await sealSecret(services, { tenantId, id }, 1, input.clientSecret)],
    untriedSecret: 1,
    createdAt: now,
    updatedAt: now,
  }
  if (await services.apps.create(app)) return app
  await livingTenant(services, tenantId)
  // The secret could be sealed, because a key of the tenant was still in memory.
  throw tenantShredded()
}

/** @throws ServiceError not_found */
export async function findApp(
  services: Pick<AppStorePorts, 'apps'>,
  tenantId: TenantId,
  id: AppId,
): Promise<App> {
  const app = await services.apps.get(tenantId, id)
  if (app === undefined) throw new ServiceError('not_found', 'There is no such app.')
  return app
}

/**
 * Changes an app. A new client secret is added; the old one keeps working.
 * @throws ServiceError not_found
 */
export async function updateApp(
  services: AppPorts,
  tenantId: TenantId,
  id: AppId,
  change: AppChange,
): Promise<App> {
  return untilUnchanged(`The app "${id}"`, async () => {
    const read = await findApp(services, tenantId, id)
    if (Object.keys(change).length === 0) return read
    const serial = (read.clientSecrets[0]?.serial ?? 0) + 1
    const added = change.clientSecret && (await sealSecret(services, read, serial, change.clientSecret))
    const { trouble, ...untroubled } = read
    const { eventTypes, ...base } = added ? { ...untroubled, untriedSecret: serial } : read
    const wanted = change.eventTypes === undefined ? eventTypes : change.eventTypes
    const app: App = {
      // A new secret is tried first, even if the old ones were refused a moment ago.
      ...base,
      ...(wanted && { eventTypes: wanted, ingestKey: read.ingestKey ?? randomSecret(services.randomBytes) }),
      name: change.name ?? read.name,
      clientSecrets: added ? [added, ...secretsToKeep(read)] : read.clientSecrets,
      updatedAt: services.now(),
    }
    return (await services.apps.replace(app, read)) ? app : undefined
  })
}

/** The secret to keep beside a new one: the one that works or, if none is known to, the newest. */
function secretsToKeep(app: App): readonly SealedClientSecret[] {
  const { clientSecrets, workingSecret } = app
  const working = clientSecrets.find(({ serial }) => serial === workingSecret)
  return working ? [working] : clientSecrets.slice(0, 1)
}

/**
 * Removes a client secret. A secret that may be the only working one stays, unless forced. The last one always stays.
 * @throws ServiceError not_found; client_secret_in_use
 */
export async function removeClientSecret(
  services: Pick<Ambient & AppStorePorts, 'now' | 'apps'>,
  tenantId: TenantId,
  id: AppId,
  serial: number,
  forced: boolean,
): Promise<App> {
  return untilUnchanged(`The app "${id}"`, async () => {
    const read = await findApp(services, tenantId, id)
    const kept = read.clientSecrets.filter((secret) => secret.serial !== serial)
    if (kept.length === read.clientSecrets.length)
      throw new ServiceError('not_found', 'There is no such client secret.')
    const proven = kept.some((secret) => secretState(read, secret.serial) === 'in_use')
    const spare = proven || secretState(read, serial) === 'refused'
    if (kept.length === 0 || !(spare || forced)) throw secretInUse(kept.length === 0)
    const { workingSecret, untriedSecret, ...rest } = read
    const app: App = {
      ...rest,
      ...(workingSecret !== undefined && workingSecret !== serial && { workingSecret }),
      ...(untriedSecret !== undefined && untriedSecret !== serial && { untriedSecret }),
      clientSecrets: kept,
      updatedAt: services.now(),
    }
    return (await services.apps.replace(app, read)) ? app : undefined
  })
}

function secretInUse(last: boolean): ServiceError {
  const detail = last
    ? 'It is the only client secret of the app. Add a new one first.'
    : 'No other client secret of the app is known to work yet. Wait until one was used, or force the removal.'
  return new ServiceError('client_secret_in_use', detail)
}

async function sealSecret(
  services: Pick<Ambient & VaultPorts, 'now' | 'vault'>,
  app: Pick<App, 'tenantId' | 'id'>,
  serial: number,
  secret: Secret,
): Promise<SealedClientSecret> {
  const sealed = await services.vault.seal(clientSecretOf(app, serial), secret)
  return { serial, sealed, createdAt: services.now() }
}
