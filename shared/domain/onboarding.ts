// What the operator does: creates and changes tenants and registers their platform applications.
import { firstSerial } from './app-health.ts'
import { clientSecretOf } from './client-secrets.ts'
import { ServiceError } from './errors.ts'
import type { AppId, TenantId } from './ids.ts'
import type { Services } from './ports.ts'
import type { Secret } from './secret.ts'
import type { App, SealedClientSecret, Tenant, TenantChange } from './tenant.ts'

/** How often a concurrent change of the same app is answered by starting over. */
const ATTEMPTS = 5

type TenantInput = Pick<Tenant, 'name' | 'returnUrls' | 'origins' | 'kmsKeyArn' | 'branding' | 'limits'>
type TenantPorts = Pick<Services, 'now' | 'newId' | 'tenants' | 'tenantKeys' | 'usage'>

/** @throws ServiceError kms_key_unavailable when the tenant's own KMS key cannot be used */
export async function createTenant(services: TenantPorts, input: TenantInput): Promise<Tenant> {
  const now = services.now()
  const id = services.newId('tenant')
  // Before the tenant is there: a KMS key that cannot be used must not leave a tenant behind that cannot work.
  if (input.kmsKeyArn !== undefined) await services.tenantKeys.rotate(id, input.kmsKeyArn)
  const tenant: Tenant = {
    id,
    ...input,
    status: 'active',
    createdAt: now,
    updatedAt: now,
  }
  await services.tenants.create(tenant)
  return tenant
}

/** @throws ServiceError not_found */
export async function findTenant(services: Pick<Services, 'tenants'>, id: TenantId): Promise<Tenant> {
  const tenant = await services.tenants.get(id)
  if (tenant === undefined) throw new ServiceError('not_found', 'There is no such tenant.')
  return tenant
}

/**
 * Changes a tenant. With another KMS key its own key is rotated, so that new seals are under that one.
 * @throws ServiceError not_found; kms_key_unavailable or tenant_shredded, and then nothing is changed
 */
export async function updateTenant(
  services: Omit<TenantPorts, 'newId'>,
  id: TenantId,
  change: TenantChange,
): Promise<Tenant> {
  if (change.kmsKeyArn !== undefined) {
    const { kmsKeyArn } = await findTenant(services, id)
    const wanted = change.kmsKeyArn ?? undefined
    if (wanted !== kmsKeyArn) await services.tenantKeys.rotate(id, wanted)
  }
  const tenant = await services.tenants.update(id, change, services.now())
  if (tenant === undefined) throw new ServiceError('not_found', 'There is no such tenant.')
  // What is kept cannot drift by what this service does; whatever else was done to the table ends here.
  if (change.limits?.connections !== undefined) await services.usage.recountConnections(id)
  return tenant
}

type AppPorts = Pick<Services, 'now' | 'newId' | 'tenants' | 'apps' | 'vault'>

/** @throws ServiceError not_found when there is no such tenant */
export async function createApp(
  services: AppPorts,
  tenantId: TenantId,
  input: Pick<App, 'name' | 'clientId'> & { readonly clientSecret: Secret },
): Promise<App> {
  await findTenant(services, tenantId)
  const now = services.now()
  const id = services.newId('app')
  const app: App = {
    id,
    tenantId,
    name: input.name,
    clientId: input.clientId,
    clientSecrets: [await sealSecret(services, { tenantId, id }, 1, input.clientSecret)],
    createdAt: now,
    updatedAt: now,
  }
  await services.apps.create(app)
  return app
}

/** @throws ServiceError not_found */
export async function findApp(services: Pick<Services, 'apps'>, tenantId: TenantId, id: AppId): Promise<App> {
  const app = await services.apps.get(tenantId, id)
  if (app === undefined) throw new ServiceError('not_found', 'There is no such app.')
  return app
}

/**
 * Changes an app. A new client secret is put before the present one, which goes on working beside it.
 * @throws ServiceError not_found
 */
export async function updateApp(
  services: AppPorts,
  tenantId: TenantId,
  id: AppId,
  change: { readonly name?: string; readonly clientSecret?: Secret },
): Promise<App> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const read = await findApp(services, tenantId, id)
    const serial = (read.clientSecrets[0]?.serial ?? 0) + 1
    const added = change.clientSecret && (await sealSecret(services, read, serial, change.clientSecret))
    const { trouble, ...untroubled } = read
    const app: App = {
      // A new secret deserves a new try.
      ...(added ? untroubled : read),
      name: change.name ?? read.name,
      clientSecrets: added ? [added, ...secretsToKeep(read)] : read.clientSecrets,
      updatedAt: services.now(),
    }
    if (await services.apps.replace(app, read)) return app
  }
  throw new Error(`The app "${id}" kept changing while it was updated`)
}

/** During a rotation the secret that works stays beside the new one, whichever of the older ones that is. */
function secretsToKeep(app: App): readonly SealedClientSecret[] {
  const { clientSecrets } = app
  const working = clientSecrets.find(({ serial }) => serial === firstSerial(app))
  return working ? [working] : clientSecrets.slice(0, 1)
}

async function sealSecret(
  services: Pick<Services, 'now' | 'vault'>,
  app: Pick<App, 'tenantId' | 'id'>,
  serial: number,
  secret: Secret,
): Promise<SealedClientSecret> {
  const sealed = await services.vault.seal(clientSecretOf(app, serial), secret)
  return { serial, sealed, createdAt: services.now() }
}
