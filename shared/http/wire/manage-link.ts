// Manage links on the wire, both ways, and the forms of their page.
import * as z from 'zod/mini'
import { parseId } from '#domain/ids.ts'
import type { ManagedAct } from '#domain/manage/act-managed.ts'
import type { ManageLinkRequest } from '#domain/manage/make-manage-link.ts'
import { MANAGE_PATH, type ManageLink } from '#domain/manage/manage-link.ts'
import type { Secret } from '#domain/secret.ts'
import { toRfc3339 } from '#domain/time.ts'
import { endUser, id, text } from './fields.ts'
import { shaped } from './shaped.ts'

export const manageLinkRequestSchema = z.pipe(
  z.object({ end_user: endUser, return_url: text(2048), app_id: z.optional(id('app')) }),
  z.transform(
    ({ end_user, return_url, app_id }): ManageLinkRequest => ({
      endUser: {
        id: end_user.id,
        ...(end_user.display_name && { displayName: end_user.display_name }),
      },
      returnUrl: return_url,
      ...(app_id && { appId: app_id }),
    }),
  ),
)

export const manageLinkSchema = z.object({
  id: z.string(),
  manage_url: z.string(),
  app_id: z.string(),
  end_user: z.object({ id: z.string(), display_name: z.optional(z.string()) }),
  expires_at: z.string(),
})

export function manageLinkJson(link: ManageLink, publicUrl: string, secret: Secret) {
  return shaped(manageLinkSchema, {
    id: link.id,
    manage_url: `${publicUrl}${MANAGE_PATH}?link=${secret.reveal()}`,
    app_id: link.appId,
    end_user: { id: link.endUser.id, display_name: link.endUser.displayName },
    expires_at: toRfc3339(link.expiresAt),
  })
}

/** The act that a form of the page asks for; `undefined` if it is none of ours. */
export function managedActIn(form: URLSearchParams): ManagedAct | undefined {
  const action = form.get('action')
  if (action === 'connect' || action === 'leave') return { action }
  const connectionId = parseId('connection', form.get('connection') ?? '')
  const isOfConnection = action === 'reconnect' || action === 'disconnect'
  return isOfConnection && connectionId !== undefined ? { action, connectionId } : undefined
}
