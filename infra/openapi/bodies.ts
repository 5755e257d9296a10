// The bodies of the contract, of all resources together. A member that no resource describes fails test/openapi, and so does
// a description without a member.
import type { ZodMiniType } from 'zod/mini'
import { apiKeys } from './bodies/api-key.ts'
import { apps } from './bodies/app.ts'
import { auditEvents } from './bodies/audit-event.ts'
import type { Bodies, Field } from './bodies/body.ts'
import { common } from './bodies/common.ts'
import { connections } from './bodies/connection.ts'
import { deletions } from './bodies/deletion.ts'
import { deliveries } from './bodies/delivery.ts'
import { events } from './bodies/event.ts'
import { exports } from './bodies/export.ts'
import { funnels } from './bodies/funnel.ts'
import { identityProviders } from './bodies/identity-provider.ts'
import { imports } from './bodies/import.ts'
import { keyRing } from './bodies/key-ring.ts'
import { manageLinks } from './bodies/manage-link.ts'
import { problems } from './bodies/problem.ts'
import { sessions } from './bodies/session.ts'
import { tenants } from './bodies/tenant.ts'
import { timelines } from './bodies/timeline.ts'
import { webhookEndpoints } from './bodies/webhook-endpoint.ts'

const RESOURCES = {
  sessions,
  connections,
  imports,
  manageLinks,
  exports,
  funnels,
  tenants,
  deletions,
  apps,
  apiKeys,
  identityProviders,
  keyRing,
  auditEvents,
  events,
  timelines,
  webhookEndpoints,
  deliveries,
  common,
  problems,
}
type Resources = typeof RESOURCES
type NameOf<Part extends 'schemas' | 'examples'> = {
  [R in keyof Resources]: Extract<keyof Resources[R][Part], string>
}[keyof Resources]

export type SchemaName = NameOf<'schemas'>
export type ExampleName = NameOf<'examples'>

/** The descriptions of each resource by themselves, so that a test can tell when two of them describe the same member. */
export const FIELD_GROUPS: readonly Readonly<Record<string, Field>>[] = parts('fields')

export const SCHEMAS: Readonly<Record<SchemaName, ZodMiniType>> = Object.assign({}, ...parts('schemas'))
export const EXAMPLES: Readonly<Record<ExampleName, unknown>> = Object.assign({}, ...parts('examples'))
export const FIELDS: Readonly<Record<string, Field>> = Object.assign({}, ...FIELD_GROUPS)

function parts<Part extends keyof Bodies>(part: Part): Bodies[Part][] {
  return Object.values<Bodies>(RESOURCES).map((resource) => resource[part])
}
