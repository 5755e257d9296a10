// Owns everything the simulator remembers, and forgets on reset. Only the listening sockets live outside.
import { Applications } from './applications.ts'
import { AuthorizationCodes } from './authorization-codes.ts'
import { seedContacts, seedFunnels, TEAMS, type Team, WORKSPACES, type Workspace } from './data.ts'
import { Faults } from './faults.ts'
import { RequestLog } from './request-log.ts'
import { Resources } from './resources.ts'
import { AccessTokens } from './tokens.ts'

export class ProviderState {
  readonly now: () => number
  readonly accountsOrigin: string
  readonly #workspaceOrigins: readonly string[]
  applications = new Applications()
  faults = new Faults()
  requests = new RequestLog()
  codes: AuthorizationCodes
  tokens: AccessTokens
  funnels: Resources
  contacts: Resources
  /** Aborted on reset and close: ends answers that a fault keeps waiting. */
  waiting = new AbortController()

  constructor(now: () => number, accountsOrigin: string, workspaceOrigins: readonly string[]) {
    this.now = now
    this.accountsOrigin = accountsOrigin
    this.#workspaceOrigins = workspaceOrigins
    this.codes = new AuthorizationCodes(now)
    this.tokens = new AccessTokens(now)
    this.funnels = new Resources('funnel', seedFunnels(), now)
    this.contacts = new Resources('contact', seedContacts(), now)
  }

  reset(): void {
    this.waiting.abort()
    Object.assign(this, new ProviderState(this.now, this.accountsOrigin, this.#workspaceOrigins))
  }

  /** What `workspace_url` says: the workspace's own host. */
  workspaceUrl(workspace: Workspace): string {
    return this.#workspaceOrigins[WORKSPACES.indexOf(workspace)] as string
  }

  workspaceServedAt(origin: string): Workspace | undefined {
    return WORKSPACES[this.#workspaceOrigins.indexOf(origin)]
  }
}

export function findWorkspace(id: number): Workspace | undefined {
  return WORKSPACES.find((workspace) => workspace.id === id)
}

export function teamOf(workspace: Workspace): Team {
  return TEAMS.find((team) => team.id === workspace.team_id) as Team
}
