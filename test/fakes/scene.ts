// A tenant with an app whose end users connect: most domain tests start from it. It calls the real domain functions.
import type { App } from '#domain/apps/app.ts'
import { createApp } from '#domain/apps/manage-apps.ts'
import { type Caller, SCOPES } from '#domain/callers/caller.ts'
import type { BrowserCookie } from '#domain/connect/authorization-request.ts'
import { followLink } from '#domain/connect/authorize.ts'
import { type ResponseOutcome, receiveAuthorizationResponse } from '#domain/connect/callback.ts'
import { completeSession } from '#domain/connect/complete-session.ts'
import type { ConnectSession } from '#domain/connect/connect-session.ts'
import { type SessionRequest, startSession } from '#domain/connect/start-session.ts'
import { type Connection, tokenOf } from '#domain/connections/connection.ts'
import type { EndUserId } from '#domain/ids.ts'
import type { Workspace } from '#domain/provider/workspace.ts'
import { Secret } from '#domain/secret.ts'
import { createTenant } from '#domain/tenants/manage-tenants.ts'
import type { Tenant } from '#domain/tenants/tenant.ts'
import type { Services } from '#runtime/all-services.ts'
import { type FakeServices, fakeServices } from '../fakes.ts'
import type { Method } from './clickfunnels.ts'
import { ACME } from './tokens.ts'

export const RETURN_URL = 'https://saas.example.com/settings'
export const ALICE = 'alice' as EndUserId
export const BOB = 'bob' as EndUserId

/** A browser on its way to ClickFunnels: where it was sent, and the cookies that it holds. */
export interface Journey {
  readonly session: ConnectSession
  readonly location: string
  readonly cookies: ReadonlyMap<string, string>
  readonly linkSecret: string
}

export class Scene {
  readonly services: FakeServices
  readonly caller: Caller
  readonly app: App
  readonly #completionCodes = new Map<string, string>()

  constructor(services: FakeServices, caller: Caller, app: App) {
    this.services = services
    this.caller = caller
    this.app = app
  }

  /** Starts a session; "verified" by default, so that there is no confirmation page in between. */
  start(request: Partial<SessionRequest> = {}) {
    return startSession(this.services, this.caller, {
      endUser: { id: ALICE },
      returnUrl: RETURN_URL,
      completion: 'verified',
      ...request,
    })
  }

  /** Starts a session and follows its link to ClickFunnels. */
  async leave(request: Partial<SessionRequest> = {}): Promise<Journey> {
    const { session, linkSecret } = await this.start(request)
    const confirmation = { sent: 'shown', cookie: 'shown' }
    const visit = await followLink(this.services, { linkSecret: linkSecret.reveal(), confirmation })
    if (visit.outcome !== 'redirect') throw new Error(`The link led to "${visit.outcome}"`)
    const cookies = cookiesOf(visit.browserCookie)
    return { session, location: visit.location, cookies, linkSecret: linkSecret.reveal() }
  }

  /** The end user approves and the browser comes back. */
  async comeBack(journey: Journey, workspace: Workspace = ACME) {
    const { code, state } = this.services.clickfunnels.approve(journey.location, workspace)
    const { cookies } = journey
    const response = { appId: this.app.id, state, code, cookies }
    return this.saw(journey, await receiveAuthorizationResponse(this.services, response))
  }

  /** Keeps the completion code that the browser was given, if it was given one. */
  saw(journey: Journey, response: ResponseOutcome): ResponseOutcome {
    if (response.outcome === 'return') {
      const completionCode = new URL(response.location).searchParams.get('completion_code')
      if (completionCode !== null) this.#completionCodes.set(journey.session.id, completionCode)
    }
    return response
  }

  /** The completion code that the browser brought back to the product; empty if it brought none. */
  completionCode({ session }: Pick<Journey, 'session'>): string {
    return this.#completionCodes.get(session.id) ?? ''
  }

  /** A whole connection, from the button to the stored tokens. */
  async connect(request: Partial<SessionRequest> = {}, workspace: Workspace = ACME): Promise<Connection> {
    const journey = await this.leave({ ...request, completion: 'verified' })
    await this.comeBack(journey, workspace)
    return this.complete(journey)
  }

  /** The tenant says that the session's own end user is logged in. */
  complete(journey: Pick<Journey, 'session'>): Promise<Connection> {
    const { id: sessionId, endUser } = journey.session
    const completionCode = this.completionCode(journey)
    return completeSession(this.services, this.caller, { sessionId, endUserId: endUser.id, completionCode })
  }

  /** Connections of that many end users. */
  async connectMany(count: number): Promise<Connection[]> {
    const connections: Connection[] = []
    for (let i = 0; i < count; i++) {
      connections.push(await this.connect({ endUser: { id: `user-${i}` as EndUserId } }))
    }
    return connections
  }

  /** The connection as it is stored now. */
  async stored({ tenantId, id }: Connection): Promise<Connection> {
    const connection = await this.services.connections.get({ tenantId, connectionId: id })
    if (connection === undefined) throw new Error(`The connection "${id}" is gone`)
    return connection
  }

  /** The access token of a connection, in clear. */
  async accessToken({ tenantId, id, generation, credential }: Connection): Promise<string> {
    const binding = tokenOf(tenantId, id, generation, 'access_token')
    return (await this.services.vault.open(binding, credential.accessToken)).reveal()
  }

  async session({ session }: Pick<Journey, 'session'>): Promise<ConnectSession> {
    const found = await this.services.sessions.get(session.tenantId, session.id)
    if (found === undefined) throw new Error(`The session "${session.id}" is gone`)
    return found
  }
}

export function cookiesOf({ name, value }: BrowserCookie): ReadonlyMap<string, string> {
  return new Map([[name, value.reveal()]])
}

/** A tenant with one app that ClickFunnels knows. */
export function openScene(overrides: Partial<Services> = {}): Promise<Scene> {
  return sceneOn(fakeServices(overrides))
}

/** A caller with an API key that may do everything. */
export function keyCaller(services: Pick<Services, 'newId'>, tenant: Tenant): Caller {
  return { tenant, actor: { kind: 'api_key', id: services.newId('apiKey'), scopes: new Set(SCOPES) } }
}

/** Another tenant on the same services. */
export async function sceneOn(services: FakeServices): Promise<Scene> {
  const tenant = await createTenant(services, { name: 'Saas', returnUrls: [RETURN_URL], origins: [] })
  const input = { name: 'Main', clientId: 'client-1', clientSecret: new Secret('client-secret-1') }
  const app = await createApp(services, tenant.id, input)
  services.clickfunnels.registerClient('client-1', 'client-secret-1')
  return new Scene(services, keyCaller(services, tenant), app)
}

/** A scene with one connection. */
export async function connectedScene(
  mode: FakeServices['clickfunnels']['tokens']['mode'] = 'rotating',
  overrides: Partial<Services> = {},
): Promise<{ scene: Scene; services: FakeServices; connection: Connection }> {
  const scene = await openScene(overrides)
  scene.services.clickfunnels.tokens.mode = mode
  const connection = await scene.connect()
  return { scene, services: scene.services, connection }
}

/** Starts some work in a process that dies in its next call of a method, so that the work never ends. */
export async function dieIn(
  services: FakeServices,
  method: Method,
  act: () => Promise<unknown>,
): Promise<void> {
  const before = services.clickfunnels.counts[method]
  services.clickfunnels.script(method, () => new Promise<never>(() => {}))
  act().catch(() => {})
  while (services.clickfunnels.counts[method] === before) await services.sleep(0)
}
