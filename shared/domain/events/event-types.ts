// The closed table of events that a tenant is given: what each is about, and the reasons that it may name. OpenAPI and
// docs/events.md show this table.

import { USE_LEVELS } from '../tenants/usage.ts'

/** Why ClickFunnels no longer accepts a connection. */
export const BREAK_REASONS = [
  /** ClickFunnels refuses the access token: the installation was revoked there. */
  'revoked_at_provider',
  /** ClickFunnels reported that the app was disconnected. */
  'disconnected_by_provider',
  /** ClickFunnels refuses the refresh token. */
  'refresh_rejected',
  /** An answer with the next refresh token was lost, and ClickFunnels refuses the former one. */
  'answer_lost',
  /** The workspace was deleted. */
  'workspace_gone',
] as const

/** Why a connection may be about to break. */
export const RISK_REASONS = [
  ...BREAK_REASONS,
  /** Several attempts in a row to refresh or probe the connection failed, and not because of an outage. */
  'attempts_failing',
  /** ClickFunnels does not let the connection's token manage webhook endpoints. */
  'events_refused',
] as const

/** Why no connection of an app can be refreshed. */
export const APP_REASONS = ['provider_down', 'credentials_refused', 'connections_refused'] as const

/** Why no more webhooks are sent to an endpoint. */
export const ENDPOINT_REASONS = [
  /** The endpoint answered 410. */
  'gone',
  /** No attempt succeeded for five days. */
  'failing',
] as const

interface TypeEntry {
  /** The resource that the event is about. Its events are numbered. */
  readonly about: 'connection' | 'connect_session' | 'app' | 'tenant' | 'webhook_endpoint'
  readonly reasons?: readonly string[]
}

export const EVENT_TYPES = {
  'connection.created': { about: 'connection' },
  'connection.reconnected': { about: 'connection' },
  'connection.at_risk': { about: 'connection', reasons: RISK_REASONS },
  'connection.broken': { about: 'connection', reasons: BREAK_REASONS },
  'connection.recovered': { about: 'connection', reasons: RISK_REASONS },
  'connection.disconnected': { about: 'connection' },
  'connection.suspended': { about: 'connection' },
  'connection.resumed': { about: 'connection' },
  'connect_session.failed': { about: 'connect_session' },
  'app.unhealthy': { about: 'app', reasons: APP_REASONS },
  'app.healthy': { about: 'app', reasons: APP_REASONS },
  'tenant.limit_approaching': { about: 'tenant', reasons: USE_LEVELS },
  'webhook_endpoint.test': { about: 'webhook_endpoint' },
  'webhook_endpoint.disabled': { about: 'webhook_endpoint', reasons: ENDPOINT_REASONS },
} as const satisfies Readonly<Record<string, TypeEntry>>

/** The events of this service. Those that ClickFunnels sends keep their names behind a prefix. */
export type OwnEventType = keyof typeof EVENT_TYPES
export type EventType = OwnEventType | `clickfunnels.${string}`
export const OWN_EVENT_TYPES = Object.keys(EVENT_TYPES) as [OwnEventType, ...OwnEventType[]]

export type BreakReason = (typeof BREAK_REASONS)[number]
export type RiskReason = (typeof RISK_REASONS)[number]
export type AppReason = (typeof APP_REASONS)[number]

/** `clickfunnels.*` means all events of ClickFunnels. */
export function isOfType(type: string, wanted: string): boolean {
  return type === wanted || (wanted === 'clickfunnels.*' && type.startsWith('clickfunnels.'))
}
