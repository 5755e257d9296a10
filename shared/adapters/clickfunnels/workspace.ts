// What ClickFunnels says of a workspace, in a token response or in `connected_workspace` of `GET /me`: the same members.

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

/** Longer than any name or id of theirs: a provider that lies must not fill our items. */
const MAX_CHARACTERS = 200

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value.slice(0, MAX_CHARACTERS).toWellFormed() : undefined
}

/** Integers there; some JSON libraries on the way make them strings. It becomes a path segment: nothing else will do. */
function identifier(value: unknown): string | undefined {
  if (Number.isSafeInteger(value)) return String(value)
  const name = text(value)
  return name !== undefined && /^[\w-]+$/.test(name) ? name : undefined
}
