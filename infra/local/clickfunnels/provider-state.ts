// All state of the simulator, which a reset clears. The journal keeps what ClickFunnels' database would have. Faults and the
// request log are for tests and end with the process.
import type { Journal } from '../journal.ts'
import { Applications } from './applications.ts'
import { AuthorizationCodes } from './authorization-codes.ts'
import { seedContacts, seedFunnels, TEAMS, type Team, WORKSPACES, type Workspace } from './data.ts'
import { Faults } from './faults.ts'
import { RequestLog } from './request-log.ts'
import { Resources } from './resources.ts'
import { AccessTokens } from './tokens.ts'
import { Deliveries } from './webhook-deliveries.ts'
import { Webhooks } from './webhooks.ts'

export class ProviderState {
  readonly now: () => number
  readonly accountsOrigin: string
  readonly journal: Journal
  readonly #workspaceOrigins: readonly string[]
  applications: Applications
  faults: Faults
  /** RFC 9207: whether the metadata promises `iss`, and whether responses have it. ClickFunnels does neither today. */
  issuer = { promised: false, sent: false }
  requests = new RequestLog()
  codes: AuthorizationCodes
  tokens: AccessTokens
  funnels: Resources
  contacts: Resources
  webhooks: Webhooks
  deliveries: Deliveries
  /** Aborted on reset and close. That ends the answers that a fault delays. */
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
    this.faults = new Faults(now)
    this.applications = new Applications(journal.kept('application'))
    this.codes = new AuthorizationCodes(now, journal.kept('code'))
    this.tokens = new AccessTokens(now, journal.kept('token'))
    this.funnels = new Resources('funnel', seedFunnels(), now, journal.kept('funnel'))
    this.webhooks = new Webhooks(now, journal.kept('endpoint'), journal.kept('event'))
    this.deliveries = new Deliveries(now, this.waiting.signal)
    this.contacts = new Resources('contact', seedContacts(), now, journal.kept('contact'))
  }

  reset(): void {
    this.waiting.abort()
    this.journal.clear()
    const { now, accountsOrigin, journal } = this
    Object.assign(this, new ProviderState(now, accountsOrigin, this.#workspaceOrigins, journal))
  }

  /** The value of `workspace_url`: the workspace's own host. */
  workspaceUrl(workspace: Workspace): string {
    return this.#workspaceOrigins[WORKSPACES.indexOf(workspace)] as string
  }

  get workspaceIds(): readonly number[] {
    return WORKSPACES.map(({ id }) => id)
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
