// The ClickFunnels workspace that a connection belongs to.
import type { WorkspaceId } from '../ids.ts'

/** What ClickFunnels told of the workspace; members it left out are absent. */
export interface Workspace {
  readonly id?: WorkspaceId
  readonly name?: string
  /** Host, and port if not the scheme's own, that serves the workspace's API. Checked before every use. */
  readonly host?: string
  readonly teamId?: string
  readonly teamName?: string
}
