// One example of each body. A test holds that each fits its schema.

export const CONNECTION = 'conn_01k2q8v3f00123456789abcdef'
export const SESSION = 'cs_01k2q8v3e0fedcba9876543210'
export const APP = 'app_01k2q8v3d00123456789abcdef'
export const TENANT = 'ten_01k2q8v3c00123456789abcdef'
export const API_KEY = 'key_01k2q8v3b00123456789abcdef'
export const IDENTITY_PROVIDER = 'idp_01k2q8v3a00123456789abcdef'
const KMS_KEY = 'arn:aws:kms:eu-central-1:111122223333:key/0123abcd-0000-4000-8000-000000000000'

const endUser = { id: 'user-1', display_name: 'ada@example.com' }

const session = {
  id: SESSION,
  status: 'created',
  app_id: APP,
  end_user: endUser,
  completion: 'verified',
  created_at: '2026-03-01T09:00:00Z',
  expires_at: '2026-03-01T09:30:00Z',
}

const connection = {
  id: CONNECTION,
  app_id: APP,
  end_user: endUser,
  status: 'active',
  workspace: {
    id: '20417',
    name: 'Brightwater Coaching',
    subdomain: 'brightwater',
    team_id: '311',
    team_name: 'Brightwater',
  },
  scopes: [],
  token: {
    expires_at: '2026-03-01T11:02:00Z',
    refreshable: true,
    last_refreshed_at: '2026-03-01T09:02:00Z',
    next_due_at: '2026-03-01T10:47:00Z',
    consecutive_failures: 0,
  },
  created_at: '2026-03-01T09:02:00Z',
  updated_at: '2026-03-01T09:02:00Z',
}

const tenant = {
  id: TENANT,
  name: 'Example',
  status: 'active',
  return_urls: ['https://app.example.com/connected'],
  origins: ['https://app.example.com'],
  branding: { color: '#1c5fd4' },
  limits: { connections: 1000, sessions_per_minute: 60 },
  created_at: '2026-03-01T08:00:00Z',
  updated_at: '2026-03-01T08:00:00Z',
}

const app = {
  id: APP,
  name: 'Example',
  status: 'active',
  client_id: 'the-client-id',
  client_secrets: [{ serial: 1, state: 'in_use', created_at: '2026-03-01T08:05:00Z' }],
  redirect_uri: `https://connect.example.com/v1/callback/${APP}`,
  health: { status: 'working' },
  created_at: '2026-03-01T08:05:00Z',
  updated_at: '2026-03-01T08:05:00Z',
}

const apiKey = {
  id: API_KEY,
  name: 'back end',
  hint: 'fc_live_Ab3d',
  scopes: ['sessions:write', 'connections:read', 'proxy:read'],
  status: 'active',
  created_at: '2026-03-01T08:10:00Z',
  last_used_at: '2026-03-01T09:00:00Z',
}

const identityProvider = {
  id: IDENTITY_PROVIDER,
  issuer: 'https://example.eu.auth0.com/',
  audience: 'https://api.example.com',
  audience_claim: 'aud',
  jwks_uri: 'https://example.eu.auth0.com/.well-known/jwks.json',
  algorithms: ['RS256'],
  end_user_claim: 'sub',
  created_at: '2026-03-01T08:15:00Z',
  updated_at: '2026-03-01T08:15:00Z',
}

const auditEvent = {
  id: 'aud_01k2q8v4000123456789abcdef',
  at: '2026-03-01T09:10:00Z',
  action: 'connection.delete',
  actor: { type: 'api_key', id: apiKey.id },
  resource: { type: 'connection', id: CONNECTION },
  result: 'ok',
  source_ip: '192.0.2.1',
  user_agent: 'example/1.0',
  request_id: 'JKJaXmPLvHcESHA=',
}

export const EXAMPLES = {
  ConnectSessionRequest: {
    end_user: endUser,
    return_url: 'https://app.example.com/connected',
    completion: 'verified',
  },
  CompletionRequest: { end_user: { id: endUser.id }, completion_code: 'from-the-return-url' },
  StartedSession: {
    ...session,
    connect_url: 'https://connect.example.com/v1/authorize?session=the-link-secret',
  },
  ConnectSession: { ...session, status: 'connected', connection_id: CONNECTION },
  Connection: connection,
  ConnectionPage: { data: [connection], next_cursor: CONNECTION },
  FunnelPage: [
    {
      id: 88211,
      public_id: 'aBcDeF',
      workspace_id: 20417,
      name: 'Spring workshop',
      current_path: '/spring-workshop',
      live_mode: true,
      created_at: '2026-02-11T10:00:00Z',
      updated_at: '2026-02-20T16:30:00Z',
    },
  ],
  TenantRequest: {
    name: tenant.name,
    return_urls: tenant.return_urls,
    origins: tenant.origins,
    branding: tenant.branding,
    limits: tenant.limits,
  },
  TenantChange: { status: 'suspended' },
  Tenant: tenant,
  CreatedTenant: tenant,
  TenantPage: { data: [tenant] },
  TenantDeletionRequest: { confirm: TENANT },
  TenantDeletion: {
    id: TENANT,
    status: 'deleting',
    stage: 'revoking',
    revoked: 1312,
    owed: 2,
    failed: 0,
    erased: 0,
  },
  AppRequest: { name: app.name, client_id: app.client_id, client_secret: 'the-client-secret' },
  AppChange: { client_secret: 'the-next-client-secret' },
  App: app,
  AppList: { data: [app] },
  ConnectionSwitch: { suspended: true },
  MassRevocationRequest: { app_id: APP },
  MassRevocation: { processed: 320, revoked: 318, owed: 2, failed: 0, next_cursor: CONNECTION },
  ApiKeyRequest: { name: apiKey.name, scopes: apiKey.scopes },
  ApiKeyRotation: { overlap_seconds: 86_400 },
  IssuedApiKey: { ...apiKey, api_key: 'fc_…' },
  ApiKeyList: { data: [apiKey] },
  IdentityProviderRequest: {
    issuer: identityProvider.issuer,
    audience: identityProvider.audience,
    algorithms: identityProvider.algorithms,
  },
  IdentityProviderChange: { algorithms: ['RS256', 'ES256'] },
  IdentityProvider: identityProvider,
  IdentityProviderList: { data: [identityProvider] },
  KeyRing: {
    data: [
      { version: 1, created_at: '2026-01-01T08:00:00Z', wrapped_by: { root_key_version: 7 } },
      { version: 2, created_at: '2026-03-01T08:00:00Z', wrapped_by: { kms_key_arn: KMS_KEY } },
    ],
  },
  AuditEventPage: { data: [auditEvent], next_cursor: auditEvent.id },
  RootKey: { version: 8 },
  Health: { status: 'ok' },
} as const

export type ExampleName = keyof typeof EXAMPLES
