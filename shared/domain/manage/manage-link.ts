// A manage link: a tenant's back end makes it for one of its end users, whose browser opens it once. That browser then sees a page of
// ours on which the end user connects, reconnects and disconnects. The link and its page are one item; what a browser may do with it
// is in manage-visit.ts.
import type { ApiKeyId, AppId, ManageLinkId, TenantId } from '../ids.ts'
import type { EndUser } from '../tenants/tenant.ts'
import type { EpochSeconds } from '../time.ts'

export interface ManageLink {
  readonly id: ManageLinkId
  /** SHA-256 of the link's secret. */
  readonly secretHash: string
  readonly tenantId: TenantId
  /** The app of new connections. */
  readonly appId: AppId
  readonly endUser: EndUser
  /** Where "Done" leads. */
  readonly returnUrl: string
  /** What the page does, it does for the back end that has this key. */
  readonly apiKeyId: ApiKeyId
  /** SHA-256 of the secret that the browser got which opened the link. It has the page to itself. */
  readonly browserHash?: string
  /** When the link runs out or, once it was opened, its page. */
  readonly expiresAt: EpochSeconds
}

/** The path of the page. */
export const MANAGE_PATH = '/v1/manage'
/** Of a link from its making to its opening, and of its page from then on. */
export const MANAGE_LIFETIME_SECONDS = 30 * 60

export interface ManageLinks {
  create(link: ManageLink): Promise<void>
  find(secretHash: string): Promise<ManageLink | undefined>
  /** Gives the page to one browser until `expiresAt`. False if the link was opened before, or has expired by `now`. */
  open(link: ManageLink, browserHash: string, now: EpochSeconds, expiresAt: EpochSeconds): Promise<boolean>
  /** Ends the page of a browser at once. Nothing happens if another browser has it. */
  close(link: ManageLink, now: EpochSeconds): Promise<void>
}
