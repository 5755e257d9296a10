// Reads a workspace from a token response or from `connected_workspace` of `GET /me`, which have the same members.

import type { WorkspaceId } from '#domain/ids.ts'
import { type ProviderProfile, workspaceHostOf } from '#domain/provider/profile.ts'
import type { Workspace } from '#domain/provider/workspace.ts'

/** Reads a workspace from a JSON object; members that are missing, blank or of the wrong type are left out. */
export function workspaceFrom(profile: ProviderProfile, json: unknown): Workspace {
  if (typeof json !== 'object' || json === null) return {}
  const members = json as Readonly<Record<string, unknown>>
  const id = identifier(members.workspace_id)
  const name = text(members.workspace_name)
  const url = text(members.workspace_url)
  const host = url && workspaceHostOf(profile, url)
  const teamId = identifier(members.team_id)
  const teamName = text(members.team_name)
  return {
    ...(id && { id: id as WorkspaceId }),
    ...(name && { name }),
    ...(host && { host }),
    ...(teamId && { teamId }),
    ...(teamName && { teamName }),
  }
}

/** Longer than any real name or id. A longer text is cut, so that no provider fills our items. */
const MAX_CHARACTERS = 200

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value.slice(0, MAX_CHARACTERS).toWellFormed() : undefined
}

/**
 * Ids are integers, or strings after some JSON libraries. An id becomes a path segment, so nothing else is accepted.
 */
function identifier(value: unknown): string | undefined {
  if (Number.isSafeInteger(value)) return String(value)
  const name = text(value)
  return name !== undefined && /^[\w-]+$/.test(name) ? name : undefined
}
