// The ClickFunnels workspace that a connection belongs to.
import type { WorkspaceId } from '../ids.ts'

/** What ClickFunnels says about the workspace. Members that it leaves out are absent. */
export interface Workspace {
  readonly id?: WorkspaceId
  readonly name?: string
  /** The host that serves the workspace's API, with the port unless it is the scheme's own. Checked before every use. */
  readonly host?: string
  readonly teamId?: string
  readonly teamName?: string
}
