// In-memory implementations of every port, with real behaviour. They pass the contract suites in test/contracts, as the
// DynamoDB and KMS adapters do. `fakeServices()` is one process on one store; hand its parts on for a second process.

import { providerProfile } from '#adapters/clickfunnels/profiles.ts'
import { JoseSealer } from '#adapters/jwe/jwe-sealer.ts'
import { AuditTrail } from '#domain/audit/trail.ts'
import { Pacer } from '#domain/connections/pace.ts'
import { stampFor } from '#domain/events/event.ts'
import type { EventPorts } from '#domain/events/ports.ts'
import { type AppId, idMinter, type TenantId } from '#domain/ids.ts'
import type { ManagePorts } from '#domain/manage/ports.ts'
import { IssuerRule } from '#domain/provider/issuer.ts'
import { Breaker } from '#domain/proxy/breaker.ts'
import { Limiter } from '#domain/tenants/limits.ts'
import type { MeteringPorts } from '#domain/tenants/ports.ts'
import { RateLimiter } from '#domain/tenants/rate-limiter.ts'
import { later } from '#domain/time.ts'
import { HeldRotations } from '#domain/tokens/recovery-queue.ts'
import { TokenMemory } from '#domain/tokens/token-memory.ts'
import type { WebhookPorts } from '#domain/webhooks/ports.ts'
import type { Services } from '#runtime/all-services.ts'
import type { PageServices } from '#runtime/page-services.ts'
import { FakeApiKeys } from './fakes/api-keys.ts'
import { FakeAuditEvents } from './fakes/audit-events.ts'
import { FakeBackground } from './fakes/background.ts'
import { FakeClickFunnels } from './fakes/clickfunnels.ts'
import { FakeClock } from './fakes/clock.ts'
import { FakeConnections, FakeRevocations } from './fakes/connections.ts'
import { FakeDeliveries, FakeSenders, FakeWebhookClient } from './fakes/deliveries.ts'
import { FakeEndpointSecrets, FakeEndpoints } from './fakes/endpoints.ts'
import { FakeEvents } from './fakes/events.ts'
import { FakeExportKeys } from './fakes/export-keys.ts'
import { FakeFeeds } from './fakes/feeds.ts'
import { FakeIdentityProviders, FakeTokenVerifier } from './fakes/identity-providers.ts'
import { FakeKeyedCalls } from './fakes/keyed-calls.ts'
import { FakeLog } from './fakes/log.ts'
import { FakeLogos } from './fakes/logos.ts'
import { FakeManageLinks } from './fakes/manage-links.ts'
import { seededRandom } from './fakes/random.ts'
import { FakeRecoveryQueue } from './fakes/recovery-queue.ts'
import { FakeSealedRecords } from './fakes/sealed-records.ts'
import { FakeSessions } from './fakes/sessions.ts'
import { FakeSlowHosts } from './fakes/slow-hosts.ts'
import { FakeTenantRemains } from './fakes/tenant-remains.ts'
import { FakeApps, FakeTenants } from './fakes/tenants.ts'
import { FakeTimeline } from './fakes/timeline.ts'
import { FakeUsage } from './fakes/usage.ts'
import { FakeVault } from './fakes/vault.ts'
import { FakeWebhookEndpoints } from './fakes/webhook-endpoints.ts'

export interface FakeServices extends PageServices, MeteringPorts, EventPorts, WebhookPorts, ManagePorts {
  readonly clock: FakeClock
  readonly log: FakeLog
  readonly vault: FakeVault
  readonly sealedRecords: FakeSealedRecords
  /** ClickFunnels: the authorization server and the resource server in one. */
  readonly clickfunnels: FakeClickFunnels
  readonly connections: FakeConnections
  readonly exportKeys: FakeExportKeys
  readonly revocations: FakeRevocations
  readonly feeds: FakeFeeds
  readonly timeline: FakeTimeline
  readonly webhookEndpoints: FakeWebhookEndpoints
  /** The tenants' own. */
  readonly endpoints: FakeEndpoints
  readonly deliveries: FakeDeliveries
  readonly senders: FakeSenders
  readonly webhookClient: FakeWebhookClient
  readonly sessions: FakeSessions
  readonly keyedCalls: FakeKeyedCalls
  readonly recoveryQueue: FakeRecoveryQueue
  readonly usage: FakeUsage
  readonly slowHosts: FakeSlowHosts
  readonly breaker: Breaker
  readonly background: FakeBackground
  readonly auditEvents: FakeAuditEvents
  /** The outbox and the event log in one. */
  readonly events: FakeEvents
  readonly identityProviders: FakeIdentityProviders
}

export const PUBLIC_URL = 'https://connect.example.com'

export const CLICKFUNNELS = providerProfile({
  CLICKFUNNELS_PROFILE: 'clickfunnels',
  CLICKFUNNELS_ACCOUNTS_URL: '',
  CLICKFUNNELS_API_URL: '',
  CLICKFUNNELS_WORKSPACE_HOSTS: '',
})

/** All services. A member of `overrides` replaces the fake. */
export function fakeServices(overrides: Partial<Services> = {}): FakeServices {
  const clock = new FakeClock()
  const random = seededRandom(20260101)
  const clickfunnels = new FakeClickFunnels(clock.now, random.bytes)
  const revocations = new FakeRevocations()
  const timeline = new FakeTimeline()
  const auditEvents = new FakeAuditEvents(timeline)
  const newId = idMinter(clock.milliseconds, random.bytes)
  const tenants = new FakeTenants()
  const logos = new FakeLogos(tenants)
  const isDeleted = (tenant: TenantId) => tenants.isDeleted(tenant)
  const deliveries = new FakeDeliveries(isDeleted)
  const senders = new FakeSenders()
  const events = new FakeEvents(stampFor({ newId, now: clock.now }), deliveries, timeline)
  const usage = new FakeUsage(events)
  const sessions = new FakeSessions(events)
  const log = new FakeLog()
  const isClosed = (tenant: TenantId, app: AppId) =>
    isDeleted(tenant) || tenants.suspendedSince(tenant, app) !== undefined
  const connections = new FakeConnections(revocations, usage, isClosed, events, sessions)
  const keyedCalls = new FakeKeyedCalls()
  const vault = new FakeVault(clock.now)
  const apps = new FakeApps(tenants, (tenant) => isDeleted(tenant) || vault.isShredded(tenant), events)
  const feeds = new FakeFeeds(connections, apps, events, isDeleted)
  connections.feeds = feeds.items
  apps.feeds = feeds.items
  const sealedRecords = new FakeSealedRecords({ apps, feeds, sessions, connections, revocations, keyedCalls })
  const apiKeys = new FakeApiKeys(isDeleted)
  const endpoints = new FakeEndpoints(events, isDeleted)
  const identityProviders = new FakeIdentityProviders(isDeleted)
  const exportKeys = new FakeExportKeys(isDeleted)
  const background = new FakeBackground(clock)
  const slowHosts = new FakeSlowHosts()
  const metered = {
    now: clock.now,
    stopwatch: () => clock.milliseconds() / 1000,
    // It waits for the clock and does not move it, because it goes on beside what a test does.
    sleep: async (milliseconds: number) =>
      void (await clock.reached(later(clock.now(), milliseconds / 1000))),
    background,
    log,
  }
  return {
    clock,
    clickfunnels,
    now: clock.now,
    stopwatch: metered.stopwatch,
    newId,
    randomBytes: random.bytes,
    chance: random.chance,
    lazyRefresh: false,
    sealedExport: 'on',
    exportKeys,
    exportTools: async () => ({ exportKeys, jweSealer: new JoseSealer() }),
    sleep: clock.sleep,
    background,
    publicUrl: PUBLIC_URL,
    operatorName: 'Funnel Connect',
    provider: CLICKFUNNELS,
    tenants,
    logos,
    apps,
    manageLinks: new FakeManageLinks(),
    apiKeys,
    identityProviders,
    tokenVerifier: new FakeTokenVerifier(),
    sessions,
    authorizations: sessions,
    connections,
    revocations,
    feeds,
    timeline,
    keyedCalls,
    recoveryQueue: new FakeRecoveryQueue(),
    dueIndex: connections,
    vault,
    tenantKeys: vault,
    tenantRemains: new FakeTenantRemains({
      logos,
      apps,
      apiKeys,
      identityProviders,
      sessions,
      connections,
      revocations,
      usage,
      events,
      feeds,
      timeline,
      endpoints,
      deliveries,
      exportKeys,
    }),
    rootKeys: vault,
    sealedRecords,
    keyRotationProgress: sealedRecords,
    authorizationServer: clickfunnels,
    issuerRule: new IssuerRule(() => clickfunnels.issuerPromise(), clock.now, log),
    resourceServer: clickfunnels,
    identifyToken: (accessToken) => clickfunnels.identify(accessToken),
    webhookEndpoints: new FakeWebhookEndpoints(),
    endpoints,
    subscribers: endpoints,
    deliveries,
    senders,
    secretMaker: new FakeEndpointSecrets(),
    secretOpener: new FakeEndpointSecrets(),
    webhookClient: new FakeWebhookClient(),
    bodyOf: (event) => JSON.stringify(event),
    usage,
    events,
    outbox: events,
    eventLog: events,
    eventRetentionDays: 90,
    auditEvents,
    audit: new AuditTrail(
      { events: overrides.auditEvents ?? auditEvents, newId, now: clock.now, log },
      30,
      'test',
    ),
    limiter: new Limiter(overrides.usage ?? usage, {}),
    rateLimiter: new RateLimiter({ ...metered, usage: overrides.usage ?? usage, tenants }, {}),
    slowHosts,
    breaker: new Breaker({ ...metered, slowHosts, tenants }),
    log,
    heldRotations: new HeldRotations(),
    tokenMemory: new TokenMemory(),
    pacer: new Pacer(),
    ...(overrides as object),
  }
}
