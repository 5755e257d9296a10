// What the contract suites store: one sample of each thing, new ids every time.
import { randomBytes } from 'node:crypto'
import type { App } from '#domain/apps/app.ts'
import type { ApiKey } from '#domain/callers/api-key.ts'
import { SCOPES } from '#domain/callers/caller.ts'
import type { IdentityProvider } from '#domain/callers/identity-provider.ts'
import type { ConnectLink, ConnectSession, PendingAuthorization } from '#domain/connect/connect-session.ts'
import type { Connection, Revocation } from '#domain/connections/connection.ts'
import type { Feed } from '#domain/connections/feed.ts'
import type { NewDelivery } from '#domain/events/subscribers.ts'
import { sha256 } from '#domain/hash.ts'
import {
  type AppId,
  type EndUserId,
  idMinter,
  type MintedIds,
  type TenantId,
  type WorkspaceId,
} from '#domain/ids.ts'
import type { KeyedCall } from '#domain/proxy/idempotency.ts'
import type { Tenant } from '#domain/tenants/tenant.ts'
import { epochSeconds, later } from '#domain/time.ts'
import type { Sealed } from '#domain/vault/vault.ts'
import type { Endpoint } from '#domain/webhooks/endpoint.ts'
import type { WrappedSecret } from '#domain/webhooks/secret.ts'

export const NOW = epochSeconds(1_767_225_600)

let milliseconds = NOW * 1000
/** Every id is later than the one before. */
export const newId = <K extends keyof MintedIds>(kind: K): MintedIds[K] =>
  idMinter(() => milliseconds++, randomBytes)(kind)

export const bytes = (...values: readonly number[]) => Uint8Array.from(values) as Sealed
export const randomHash = () => sha256(randomBytes(16).toString('hex'))

export function aTenant(change: Partial<Tenant> = {}): Tenant {
  return {
    id: newId('tenant'),
    name: 'Saas',
    status: 'active',
    returnUrls: ['https://saas.example.com/settings'],
    origins: [],
    createdAt: NOW,
    updatedAt: NOW,
    ...change,
  }
}

export function anApp(tenantId: TenantId, change: Partial<App> = {}): App {
  return {
    id: newId('app'),
    tenantId,
    name: 'Main',
    clientId: 'client-1',
    clientSecrets: [{ serial: 1, sealed: bytes(1, 2, 255), createdAt: NOW }],
    createdAt: NOW,
    updatedAt: NOW,
    ...change,
  }
}

export function anApiKey(tenantId: TenantId, change: Partial<ApiKey> = {}): ApiKey {
  return {
    id: newId('apiKey'),
    tenantId,
    name: 'CI',
    hint: 'fc_test_abcd',
    hash: randomHash(),
    scopes: SCOPES,
    createdAt: NOW,
    ...change,
  }
}

export function aSession(tenantId: TenantId, change: Partial<ConnectSession> = {}): ConnectSession {
  return {
    id: newId('connectSession'),
    tenantId,
    appId: newId('app'),
    endUser: { id: 'alice' as EndUserId, displayName: 'Alice' },
    returnUrl: 'https://saas.example.com/settings',
    completion: 'verified',
    state: { status: 'created' },
    createdAt: NOW,
    expiresAt: later(NOW, 1800),
    ...change,
  }
}

export function aLink({ tenantId, id, expiresAt }: ConnectSession): ConnectLink {
  return { secretHash: randomHash(), tenantId, sessionId: id, expiresAt }
}

export function aPending({ tenantId, appId, id }: ConnectSession): PendingAuthorization {
  return {
    stateHash: randomHash(),
    tenantId,
    appId,
    sessionId: id,
    browserHash: randomHash(),
    codeVerifier: bytes(9, 8, 7),
    expiresAt: later(NOW, 600),
  }
}

let workspaces = 0
export function aConnection(tenantId: TenantId, change: Partial<Connection> = {}): Connection {
  return {
    id: newId('connection'),
    tenantId,
    appId: 'app_00000000000000000000000000' as AppId,
    endUser: { id: 'alice' as EndUserId },
    state: { status: 'active' },
    workspace: { id: String(workspaces++) as WorkspaceId, name: 'Acme', host: 'acme.myclickfunnels.com' },
    scopes: ['admin', 'read'],
    generation: 1,
    credential: {
      kind: 'refreshable',
      accessToken: bytes(1, 1),
      refreshToken: bytes(2, 2),
      issuedAt: NOW,
      expiresAt: later(NOW, 7200),
    },
    dueAt: later(NOW, 6000),
    consecutiveFailures: 0,
    eventCount: 1,
    createdAt: NOW,
    updatedAt: NOW,
    ...change,
  }
}

export function aRevocation({ tenantId, appId, id, generation }: Connection): Revocation {
  return {
    id: newId('revocation'),
    tenantId,
    appId,
    record: id,
    generation,
    accessToken: bytes(3, 3),
    refreshToken: bytes(4, 4),
    attempts: 0,
    dueAt: later(NOW, 60),
  }
}

export function aFeed(
  { tenantId, appId, id: owner, workspace }: Connection,
  change: Partial<Feed> = {},
): Feed {
  const endpoint = { id: '7', serial: 1, secret: bytes(8, 8), types: ['contact.identified'] }
  const ingestKey = randomBytes(32).toString('base64url')
  return {
    tenantId,
    appId,
    owner,
    workspace,
    ingestKey,
    endpoint,
    since: NOW,
    version: 1,
    dueAt: NOW,
    ...change,
  }
}

export function aKeyedCall(tenantId: TenantId, change: Partial<KeyedCall> = {}): KeyedCall {
  return {
    tenantId,
    connectionId: newId('connection'),
    keyHash: randomHash(),
    attempt: randomHash(),
    fingerprint: randomHash(),
    state: { status: 'started', until: later(NOW, 35) },
    expiresAt: later(NOW, 86_400),
    ...change,
  }
}

export const refOf = ({ tenantId, id }: Connection) => ({ tenantId, connectionId: id })

export function anIdentityProvider(
  tenantId: TenantId,
  change: Partial<IdentityProvider> = {},
): IdentityProvider {
  const issuer = `https://${randomHash()}.example`
  return {
    id: newId('identityProvider'),
    tenantId,
    issuer,
    audience: 'https://api.saas.example',
    audienceClaim: 'aud',
    jwksUri: `${issuer}/.well-known/jwks.json`,
    algorithms: ['RS256', 'ES256', 'EdDSA'],
    endUserClaim: 'sub',
    createdAt: NOW,
    updatedAt: NOW,
    ...change,
  }
}

export function anEndpoint(tenantId: TenantId, change: Partial<Endpoint> = {}): Endpoint {
  const wrapped = Uint8Array.from([1, 2, 255]) as WrappedSecret
  return {
    id: newId('endpoint'),
    tenantId,
    url: 'https://saas.example.com/hooks',
    secrets: [{ serial: 1, wrapped, createdAt: NOW }],
    version: 1,
    createdAt: NOW,
    updatedAt: NOW,
    ...change,
  }
}

export function aDelivery(change: Partial<NewDelivery> = {}): NewDelivery {
  return {
    id: newId('delivery'),
    tenantId: newId('tenant'),
    endpointId: newId('endpoint'),
    event: { id: newId('event'), type: 'connection.created', position: 1 },
    subject: newId('connection'),
    sequence: 1,
    createdAt: NOW,
    ...change,
  }
}
