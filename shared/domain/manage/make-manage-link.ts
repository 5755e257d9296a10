// A tenant's back end makes a manage link for one of its end users.
import type { Ambient } from '../ambient.ts'
import type { AppStorePorts } from '../apps/ports.ts'
import { type Caller, requesterOf } from '../callers/caller.ts'
import { chooseApp, returnUrlNotRegistered } from '../connect/start-session.ts'
import { randomSecret, sha256 } from '../hash.ts'
import type { AppId } from '../ids.ts'
import { Secret } from '../secret.ts'
import type { TenancyPorts } from '../tenants/ports.ts'
import { suspended, suspensionOf } from '../tenants/suspension.ts'
import { type EndUser, isRegisteredReturnUrl } from '../tenants/tenant.ts'
import { later } from '../time.ts'
import { MANAGE_LIFETIME_SECONDS, type ManageLink } from './manage-link.ts'
import type { ManagePorts } from './ports.ts'

export interface ManageLinkRequest {
  readonly endUser: EndUser
  readonly returnUrl: string
  readonly appId?: AppId
}

type Ports = ManagePorts &
  Pick<
    Ambient & TenancyPorts & AppStorePorts,
    'now' | 'newId' | 'randomBytes' | 'tenants' | 'apps' | 'limiter'
  >

/**
 * Makes a link. It counts as a connect session of its tenant's minute.
 * @returns the secret of the link, of which only a hash is stored
 * @throws ServiceError return_url_not_registered; validation_failed when the tenant has no such app; tenant_suspended;
 *   app_suspended; tenant_limit_exceeded
 */
export async function makeManageLink(
  services: Ports,
  caller: Caller,
  { endUser, returnUrl, appId }: ManageLinkRequest,
): Promise<{ readonly link: ManageLink; readonly secret: Secret }> {
  const { tenant, actor } = caller
  // Its scope is for API keys only (callers/caller.ts).
  if (actor.kind !== 'api_key') throw new Error('An end user cannot make a manage link')
  if (!isRegisteredReturnUrl(tenant, returnUrl)) throw returnUrlNotRegistered()
  const app = await chooseApp(services, tenant.id, appId)
  // Read again, because a caller is remembered for a minute.
  const what = suspensionOf(await services.tenants.get(tenant.id), { appId: app.id })
  if (what !== undefined) throw suspended(what)
  const now = services.now()
  await services.limiter.countSession(requesterOf(caller), now)
  const secret = randomSecret(services.randomBytes)
  const link: ManageLink = {
    id: services.newId('manageLink'),
    secretHash: sha256(secret),
    tenantId: tenant.id,
    appId: app.id,
    endUser,
    returnUrl,
    apiKeyId: actor.id,
    expiresAt: later(now, MANAGE_LIFETIME_SECONDS),
  }
  await services.manageLinks.create(link)
  return { link, secret: new Secret(secret) }
}
