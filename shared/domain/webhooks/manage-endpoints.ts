// Creates, changes and removes a tenant's webhook endpoints. The secret is shown once, when it is made.
import type { Ambient } from '../ambient.ts'
import { ServiceError, validationFailed } from '../errors.ts'
import type { TenantId } from '../ids.ts'
import { untilUnchanged } from '../repeat.ts'
import type { Secret } from '../secret.ts'
import { livingTenant, tenantDeleted } from '../tenants/manage-tenants.ts'
import type { TenancyPorts } from '../tenants/ports.ts'
import { type Endpoint, type EndpointRef, MAX_ENDPOINTS, refOfEndpoint } from './endpoint.ts'
import type { WebhookPorts } from './ports.ts'
import { withNewest } from './secret.ts'
import { faultOfTarget } from './target.ts'

type Ports = Pick<
  Ambient & TenancyPorts & WebhookPorts,
  'now' | 'newId' | 'publicUrl' | 'tenants' | 'endpoints' | 'secretMaker'
>

/** Members to set; `null` removes. */
export interface EndpointChange {
  readonly url?: string
  readonly types?: readonly string[] | null
  readonly description?: string | null
  readonly enabled?: boolean
}

export interface EndpointWithSecret {
  readonly endpoint: Endpoint
  readonly secret: Secret
}

/** @throws ServiceError not_found or tenant_deleted if there is no such tenant; validation_failed */
export async function createEndpoint(
  services: Ports,
  tenantId: TenantId,
  input: Pick<Endpoint, 'url' | 'types' | 'description'>,
): Promise<EndpointWithSecret> {
  await livingTenant(services, tenantId)
  checkUrl(services, input.url)
  const now = services.now()
  const id = services.newId('endpoint')
  const { secret, wrapped } = await services.secretMaker.make({ tenantId, endpointId: id, serial: 1 })
  const endpoint: Endpoint = {
    id,
    tenantId,
    ...input,
    secrets: [{ serial: 1, wrapped, createdAt: now }],
    version: 1,
    createdAt: now,
    updatedAt: now,
  }
  const outcome = await services.endpoints.create(endpoint)
  if (outcome === 'created') return { endpoint, secret }
  if (outcome === 'gone') throw tenantDeleted()
  throw new ServiceError(
    'validation_failed',
    `The tenant has ${MAX_ENDPOINTS} webhook endpoints and can have no more. Delete one first.`,
  )
}

/** @throws ServiceError not_found */
export async function findEndpoint(
  { endpoints }: Pick<Ports, 'endpoints'>,
  ref: EndpointRef,
): Promise<Endpoint> {
  const endpoint = await endpoints.get(ref)
  if (endpoint === undefined) throw noSuchEndpoint()
  return endpoint
}

/** @throws ServiceError not_found; validation_failed */
export function updateEndpoint(
  services: Pick<Ports, 'now' | 'publicUrl' | 'endpoints'>,
  ref: EndpointRef,
  change: EndpointChange,
): Promise<Endpoint> {
  if (change.url !== undefined) checkUrl(services, change.url)
  return untilUnchanged(`The webhook endpoint "${ref.endpointId}"`, async () => {
    const read = await findEndpoint(services, ref)
    const now = services.now()
    const changed = { ...withChange(read, change, now), version: read.version + 1, updatedAt: now }
    return (await services.endpoints.save(read, changed)) ? changed : undefined
  })
}

/**
 * Makes a new secret. The former one goes on signing for a day.
 * @throws ServiceError not_found
 */
export function rotateSecret(
  services: Pick<Ports, 'now' | 'endpoints' | 'secretMaker'>,
  ref: EndpointRef,
): Promise<EndpointWithSecret> {
  return untilUnchanged(`The webhook endpoint "${ref.endpointId}"`, async () => {
    const read = await findEndpoint(services, ref)
    const now = services.now()
    const serial = Math.max(...read.secrets.map((secret) => secret.serial)) + 1
    const { secret, wrapped } = await services.secretMaker.make({ ...refOfEndpoint(read), serial })
    const secrets = withNewest(read.secrets, { serial, wrapped, createdAt: now }, now)
    const endpoint = { ...read, secrets, version: read.version + 1, updatedAt: now }
    return (await services.endpoints.save(read, endpoint)) ? { endpoint, secret } : undefined
  })
}

/** @throws ServiceError not_found */
export async function removeEndpoint(
  { endpoints }: Pick<Ports, 'endpoints'>,
  ref: EndpointRef,
): Promise<void> {
  if (!(await endpoints.remove(ref))) throw noSuchEndpoint()
}

function withChange(read: Endpoint, change: EndpointChange, at: Endpoint['updatedAt']): Endpoint {
  const {
    types: formerTypes,
    description: formerDescription,
    disabled: formerlyDisabled,
    failing,
    ...rest
  } = read
  // One that is enabled again has five days, too.
  const keptFailing = change.enabled ? undefined : failing
  const types = change.types === undefined ? formerTypes : (change.types ?? undefined)
  const description = change.description === undefined ? formerDescription : (change.description ?? undefined)
  const disabled =
    change.enabled === undefined
      ? formerlyDisabled
      : change.enabled
        ? undefined
        : (formerlyDisabled ?? { at, reason: 'requested' as const })
  return {
    ...rest,
    url: change.url ?? read.url,
    ...(types && { types }),
    ...(description !== undefined && { description }),
    ...(disabled && { disabled }),
    ...(keptFailing && { failing: keptFailing }),
  }
}

function checkUrl({ publicUrl }: Pick<Ambient, 'publicUrl'>, url: string): void {
  const detail = faultOfTarget(url, publicUrl)
  if (detail !== undefined) throw validationFailed({ pointer: '#/url', detail })
}

function noSuchEndpoint(): ServiceError {
  return new ServiceError('not_found', 'There is no such webhook endpoint.')
}
