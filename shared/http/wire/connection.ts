// Connections on the wire.
import * as z from 'zod/mini'
import { type Connection, expiryOf } from '#domain/connections/connection.ts'
import type { ConnectionOrder } from '#domain/operator/change-connection.ts'
import type { Look } from '#domain/operator/look-now.ts'
import { subdomainOf } from '#domain/provider/profile.ts'
import { toRfc3339 } from '#domain/time.ts'
import { annotated, annotationChangeIn, reannotating } from './annotations.ts'
import { connectionProblemSchema, problemIn } from './connection-problem.ts'
import { optionalTime } from './fields.ts'
import { shaped } from './shaped.ts'

/** Every status that a connection can have: a status that is missing here does not compile below. */
export const STATUSES = [
  'active',
  'reauthorization_required',
] as const satisfies Connection['state']['status'][]

export const connectionSchema = z.object({
  id: z.string(),
  app_id: z.string(),
  end_user: z.object({ id: z.string(), display_name: z.optional(z.string()) }),
  status: z.enum(STATUSES),
  status_reason: z.optional(z.string()),
  refused_at: z.optional(z.string()),
  ended_at: z.optional(z.string()),
  suspended_at: z.optional(z.string()),
  problem: z.optional(connectionProblemSchema),
  workspace: z.object({
    id: z.optional(z.string()),
    name: z.optional(z.string()),
    subdomain: z.optional(z.string()),
    team_id: z.optional(z.string()),
    team_name: z.optional(z.string()),
  }),
  scopes: z.array(z.string()),
  token: z.object({
    expires_at: z.optional(z.string()),
    refreshable: z.boolean(),
    last_refreshed_at: z.optional(z.string()),
    next_due_at: z.optional(z.string()),
    consecutive_failures: z.number(),
    last_error: z.optional(z.string()),
  }),
  ...annotated,
  created_at: z.string(),
  updated_at: z.string(),
})

/** What a look of the operator found. */
export const connectionLookSchema = z.object({
  found: z.enum(['works', 'refused', 'unknown', 'not_asked']),
  detail: z.optional(z.string()),
  connection: connectionSchema,
})

/** How the operator changes a connection: suspends or resumes it, and sets its tags and its label. */
export const connectionSwitchSchema = z.pipe(
  z
    .object({ suspended: z.optional(z.boolean()), ...reannotating })
    .check(
      z.refine(
        (body) => Object.values(body).some((value) => value !== undefined),
        'must have "suspended", "tags" or "label"',
      ),
    ),
  z.transform(
    ({ suspended, ...annotations }): ConnectionOrder => ({
      ...(suspended !== undefined && { status: suspended ? 'suspended' : 'active' }),
      ...annotationChangeIn(annotations),
    }),
  ),
)

export function connectionJson(connection: Connection) {
  return shaped(connectionSchema, membersOf(connection))
}

export function lookJson({ found, detail, connection }: Look) {
  return shaped(connectionLookSchema, { found, detail, connection: membersOf(connection) })
}

function membersOf(connection: Connection) {
  const { id, appId, endUser, state, workspace, scopes, credential } = connection
  const refusal = state.status === 'active' ? undefined : state
  return {
    id,
    app_id: appId,
    end_user: { id: endUser.id, display_name: endUser.displayName },
    status: state.status,
    status_reason: refusal?.reason,
    refused_at: optionalTime(refusal?.refusedAt),
    ended_at: optionalTime(refusal?.endedAt),
    suspended_at: optionalTime(connection.suspendedAt),
    problem: problemIn(connection),
    workspace: {
      id: workspace.id,
      name: workspace.name,
      subdomain: subdomainOf(workspace.host),
      team_id: workspace.teamId,
      team_name: workspace.teamName,
    },
    scopes,
    token: {
      expires_at: optionalTime(expiryOf(credential)),
      refreshable: credential.kind === 'refreshable',
      last_refreshed_at: optionalTime(connection.lastRefreshedAt),
      next_due_at: optionalTime(connection.dueAt),
      consecutive_failures: connection.consecutiveFailures,
      last_error: connection.lastError,
    },
    tags: connection.tags,
    label: connection.label,
    created_at: toRfc3339(connection.createdAt),
    updated_at: toRfc3339(connection.updatedAt),
  }
}
