// Exports a tenant's connections page by page: their tokens, sealed to the key that the tenant registered (docs/adr/0036).
// The operator starts it, the tenant has given the key, and the deployment allows it. Nothing leaves in clear.
import type { Ambient } from '../ambient.ts'
import type { App } from '../apps/app.ts'
import type { AppStorePorts } from '../apps/ports.ts'
import type { AuditActor } from '../audit/event.ts'
import type { AuditPorts } from '../audit/ports.ts'
import { connectionNote } from '../audit/trail.ts'
import type { Connection } from '../connections/connection.ts'
import type { ConnectionPorts } from '../connections/ports.ts'
import { ServiceError } from '../errors.ts'
import type { AppId, TenantId } from '../ids.ts'
import { livingTenant } from '../tenants/manage-tenants.ts'
import type { TenancyPorts } from '../tenants/ports.ts'
import { type EpochSeconds, later } from '../time.ts'
import type { VaultPorts } from '../vault/ports.ts'
import type { ExportKey } from './export-key.ts'
import { countsOf, type ExportedItem, type ExportOrder, type ExportPage } from './export-page.ts'
import { holdStill } from './hold-still.ts'
import { payloadOf } from './payload.ts'
import type { ExportPorts, SealJwe } from './ports.ts'

type Ports = ExportPorts &
  Pick<
    Ambient & TenancyPorts & AppStorePorts & ConnectionPorts & VaultPorts & AuditPorts,
    'now' | 'log' | 'tenants' | 'apps' | 'connections' | 'vault' | 'audit'
  >

/**
 * So long after the suspension nothing of before is under way. A completion, an authorization response and an import read the tenant at
 * their begin and end within 30 s; a process trusts what it has read of a tenant for 60 s at the most.
 */
export const SETTLING_SECONDS = 60

/**
 * @param actor who exports, for the audit trail
 * @throws ServiceError export_disabled; not_found; tenant_deleted; tenant_not_suspended; export_too_early; export_key_missing; tenant_shredded;
 *   kms_key_unavailable; storage_unavailable
 */
export async function exportConnections(
  services: Ports,
  tenantId: TenantId,
  order: ExportOrder,
  actor: AuditActor | undefined,
): Promise<ExportPage> {
  if (services.sealedExport === 'off') throw exportDisabled()
  await requireSuspended(services, tenantId)
  const key = await keyOf(services, tenantId)
  const seal = await services.jweSealer.sealTo(key)
  const { connections, next } = await read(services, tenantId, order)
  const apps = await appsOf(services, tenantId, connections)
  const items = await Promise.all(
    connections.map((connection) => exportOne(services, connection, apps.get(connection.appId), seal)),
  )
  // The refreshes of a tenant that was resumed, if only for a moment, would replace what was just sealed. So nothing leaves.
  const suspendedAt = await requireSuspended(services, tenantId)
  const exported = items.filter(({ status }) => status === 'exported')
  await Promise.all(
    exported.map(({ connectionId: id }) =>
      services.audit.note(
        connectionNote({ tenantId, id }, 'connection.export', {
          ...(actor && { actor }),
          reason: `key ${key.thumbprint}`,
        }),
      ),
    ),
  )
  services.log.warn('Connections were exported', {
    tenant: tenantId,
    thumbprint: key.thumbprint,
    ...countsOf(items),
  })
  return { thumbprint: key.thumbprint, suspendedAt, items, ...(next && { next }) }
}

/** @returns since when the tenant is suspended */
async function requireSuspended(
  services: Pick<Ports, 'tenants' | 'now'>,
  id: TenantId,
): Promise<EpochSeconds> {
  const { status, suspendedAt, updatedAt } = await livingTenant(services, id)
  if (status !== 'suspended')
    throw new ServiceError(
      'tenant_not_suspended',
      'The tenant is active. Suspend it before you export its connections: each refresh replaces the tokens, and exported ones would stop to work.',
    )
  // An older version did not note when it suspended a tenant, but that was no later than the last change.
  const since = suspendedAt ?? updatedAt
  const retryAfterSeconds = later(since, SETTLING_SECONDS) - services.now()
  if (retryAfterSeconds <= 0) return since
  throw new ServiceError(
    'export_too_early',
    `The tenant was suspended less than ${SETTLING_SECONDS} seconds ago. A request that began before may still replace tokens. Repeat the request in ${retryAfterSeconds} seconds.`,
    { retryAfterSeconds },
  )
}

async function keyOf(services: Ports, tenant: TenantId): Promise<ExportKey> {
  const key = await services.exportKeys.get(tenant, services.now())
  if (key === undefined) {
    throw new ServiceError(
      'export_key_missing',
      'The tenant has no export key, or its key has expired. The tenant registers one with PUT /v1/export-key and an API key with the scope "connections:export", while it is active.',
    )
  }
  const { sealedExport } = services
  if (sealedExport !== 'on' && sealedExport !== key.thumbprint) throw exportDisabled(key.thumbprint)
  return key
}

/** @param thumbprint of the tenant's key, if the deployment allows exports to another one only */
function exportDisabled(thumbprint?: string): ServiceError {
  return new ServiceError(
    'export_disabled',
    thumbprint === undefined
      ? 'This deployment does not allow exports. The CloudFormation parameter "SealedExport" is "off".'
      : `This deployment allows exports to another key only. The CloudFormation parameter "SealedExport" does not name "${thumbprint}".`,
  )
}

async function read(services: Ports, tenantId: TenantId, order: ExportOrder) {
  if ('ids' in order) {
    const found = await Promise.all(
      order.ids.map((connectionId) => services.connections.get({ tenantId, connectionId })),
    )
    return { connections: found.filter((connection) => connection !== undefined) }
  }
  const { items, next } = await services.connections.list(tenantId, {}, order.limit, order.after)
  return { connections: items, next }
}

async function appsOf(
  services: Ports,
  tenantId: TenantId,
  connections: readonly Connection[],
): Promise<ReadonlyMap<AppId, App | undefined>> {
  const ids = [...new Set(connections.map(({ appId }) => appId))]
  return new Map(
    await Promise.all(ids.map(async (id) => [id, await services.apps.get(tenantId, id)] as const)),
  )
}

async function exportOne(
  services: Ports,
  connection: Connection,
  app: App | undefined,
  seal: SealJwe,
): Promise<ExportedItem> {
  const { id: connectionId, state } = connection
  if (state.status !== 'active' && state.endedAt !== undefined) return { connectionId, status: 'no_tokens' }
  const stillness = await holdStill(services, connection)
  if (stillness === 'busy') return { connectionId, status: 'busy' }
  const payload = await payloadOf(services, connection, app)
  if (payload === undefined) return { connectionId, status: 'unreadable' }
  const item = { connectionId, status: 'exported', jwe: await seal(payload) } as const
  return stillness === 'uncertain' ? { ...item, uncertain: true } : item
}
