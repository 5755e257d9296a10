// Owns everything the simulator remembers, and forgets on reset. Only the listening sockets live outside. What a
// provider's database would hold is in the journal; faults and the request log are tests' own and end with the process.
import type { Journal } from '../journal.ts'
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
  readonly journal: Journal
  readonly #workspaceOrigins: readonly string[]
  applications: Applications
  faults = new Faults()
  /** Of RFC 9207: whether the metadata promises `iss`, and whether responses carry it. ClickFunnels does neither today. */
  issuer = { promised: false, sent: false }
  requests = new RequestLog()
  codes: AuthorizationCodes
  tokens: AccessTokens
  funnels: Resources
  contacts: Resources
  /** Aborted on reset and close: ends answers that a fault keeps waiting. */
  waiting = new AbortController()

  constructor(
    now: () => number,
    accountsOrigin: string,
    workspaceOrigins: readonly string[],
    journal: Journal,
  ) {
    this.now = now
    this.accountsOrigin = accountsOrigin
    this.#workspaceOrigins = workspaceOrigins
    this.journal = journal
    this.applications = new Applications(journal.kept('application'))
    this.codes = new AuthorizationCodes(now, journal.kept('code'))
    this.tokens = new AccessTokens(now, journal.kept('token'))
    this.funnels = new Resources('funnel', seedFunnels(), now, journal.kept('funnel'))
    this.contacts = new Resources('contact', seedContacts(), now, journal.kept('contact'))
  }

  reset(): void {
    this.waiting.abort()
    this.journal.clear()
    const { now, accountsOrigin, journal } = this
    Object.assign(this, new ProviderState(now, accountsOrigin, this.#workspaceOrigins, journal))
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
