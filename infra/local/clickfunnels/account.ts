// What ClickFunnels says about a token's owner: the robot user of a platform application, the connected workspace of /me,
// and the extra members of a token response. Blank members are left out there, never null.
import { CURRENCIES, publicId, type Workspace } from './data.ts'
import { type ProviderState, teamOf } from './provider-state.ts'
import type { AccessTokenRow } from './tokens.ts'

export interface PlatformUser {
  readonly id: number
  readonly public_id: string
  readonly email: string
  readonly first_name: string
  readonly last_name: string
  readonly time_zone: string
  readonly locale: string
  readonly created_at: string
  readonly updated_at: string
  readonly [member: string]: unknown
}

/** The members that ClickFunnels adds to a token response, and that /me repeats. */
export function workspaceExtras(state: ProviderState, workspace: Workspace): Record<string, unknown> {
  const team = teamOf(workspace)
  return blankLeftOut({
    team_id: team.id,
    team_name: team.name,
    workspace_id: workspace.id,
    workspace_name: workspace.name,
    workspace_url: state.workspaceUrl(workspace),
  })
}

export function connectedWorkspace(state: ProviderState, workspace: Workspace): Record<string, unknown> {
  return blankLeftOut({
    ...workspaceExtras(state, workspace),
    workspace_currency: CURRENCIES[workspace.id],
  })
}

/** `new_installation=true` gives the token to a robot user, one per application and workspace. */
export function platformUser(state: ProviderState, row: AccessTokenRow, workspace: Workspace): PlatformUser {
  const id = 600_000 + workspace.id
  return {
    id,
    public_id: publicId('user', id),
    email: `noreply+${publicId(row.clientId, id).toLowerCase()}@bullettrain.co`,
    first_name: state.applications.find(row.clientId)?.name ?? 'Platform',
    last_name: 'Application',
    time_zone: 'UTC',
    locale: 'en',
    created_at: workspace.created_at,
    updated_at: workspace.updated_at,
  }
}

export function blankLeftOut(members: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== undefined && value !== null && value !== ''),
  )
}
