// Makes a link to the hosted page on which an end user manages their connections.
import type { ManageLink, ManageLinkRequest } from './api.ts'
import { type Options, Transport } from './transport.ts'

/**
 * Redirect the end user's browser to the `manage_url` at once: it works once, for 30 minutes. Never send it by e-mail.
 * @param options the service's URL and an API key with the scope `manage-links:write`
 * @param request who is logged in to your product, and where "Done" on the page leads
 * @throws Problem `return_url_not_registered`, `validation_failed`, `tenant_limit_exceeded` and others
 */
export function createManageLink(options: Options, request: ManageLinkRequest): Promise<ManageLink> {
  return new Transport(options).json<ManageLink>('POST', '/v1/manage-links', { body: request })
}
