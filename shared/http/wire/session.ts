// Connect sessions on the wire, both ways.
import * as z from 'zod/mini'
import { type ConnectSession, linkExpiresAt, visibleStatus } from '#domain/connect/connect-session.ts'
import type { SessionRequest } from '#domain/connect/start-session.ts'
import type { Secret } from '#domain/secret.ts'
import { type EpochSeconds, toRfc3339 } from '#domain/time.ts'
import { annotated, annotating, annotationsIn } from './annotations.ts'
import { endUser, endUserId, id, text } from './fields.ts'
import { shaped } from './shaped.ts'

export const sessionRequestSchema = z.pipe(
  z.object({
    app_id: z.optional(id('app')),
    end_user: z.optional(endUser),
    return_url: text(2048),
    completion: z.optional(z.enum(['verified', 'confirmed'])),
    connection_id: z.optional(id('connection')),
    purpose: z.optional(z.enum(['reconnect'])),
    ...annotating,
  }),
  z.transform(
    (body): SessionRequest => ({
      ...(body.end_user && {
        endUser: {
          id: body.end_user.id,
          ...(body.end_user.display_name && { displayName: body.end_user.display_name }),
        },
      }),
      returnUrl: body.return_url,
      ...(body.app_id && { appId: body.app_id }),
      ...(body.completion && { completion: body.completion }),
      ...(body.connection_id && { connectionId: body.connection_id }),
      ...(body.purpose && { purpose: body.purpose }),
      ...annotationsIn(body),
    }),
  ),
)

export const completionSchema = z.object({
  end_user: z.optional(z.object({ id: endUserId })),
  completion_code: z.optional(text(128)),
})

export const sessionSchema = z.object({
  id: z.string(),
  status: z.enum([
    'created',
    'authorizing',
    'awaiting_completion',
    'connected',
    'denied',
    'failed',
    'expired',
  ]),
  connect_url: z.optional(z.string()),
  app_id: z.string(),
  end_user: z.object({ id: z.string(), display_name: z.optional(z.string()) }),
  completion: z.enum(['verified', 'confirmed']),
  purpose: z.optional(z.enum(['reconnect'])),
  connection_id: z.optional(z.string()),
  error: z.optional(z.string()),
  ...annotated,
  created_at: z.string(),
  expires_at: z.string(),
})

/** @param link where the browser has to go, in the answer that starts the session */
export function sessionJson(
  session: ConnectSession,
  now: EpochSeconds,
  link?: { readonly publicUrl: string; readonly secret: Secret },
) {
  const { state } = session
  const status = visibleStatus(session, now)
  // A reconnect link whose attempt ran out can be opened again until the link itself expires.
  const expiresAt = status === 'created' ? linkExpiresAt(session) : session.expiresAt
  return shaped(sessionSchema, {
    id: session.id,
    status,
    connect_url: link && `${link.publicUrl}/v1/authorize?session=${link.secret.reveal()}`,
    app_id: session.appId,
    end_user: { id: session.endUser.id, display_name: session.endUser.displayName },
    completion: session.completion,
    purpose: session.purpose,
    connection_id: state.status === 'connected' ? state.connectionId : session.reconnects,
    error: 'error' in state ? state.error : undefined,
    tags: session.tags,
    label: session.label,
    created_at: toRfc3339(session.createdAt),
    expires_at: toRfc3339(expiresAt),
  })
}
