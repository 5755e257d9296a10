// Sets of permissions that several functions have, and the timeout of those behind the API.
import { Duration } from 'aws-cdk-lib'
import type { Access } from './permission-types.ts'

/** API Gateway gives up after 30 s. The function ends before, so that its log says why. */
export const API_TIMEOUT = Duration.seconds(29)
export const READ = ['GetItem', 'Query'] as const
export const WRITE = ['PutItem', 'UpdateItem', 'DeleteItem'] as const
/** A write of something new checks, in the same transaction, that the tenant is not being deleted, nor its app suspended. */
export const CREATE = [...WRITE, 'ConditionCheckItem'] as const

/** Appends audit events. */
export const AUDIT: Access = { audit: ['PutItem'] }
/** Appends to the timelines of connections: what was done to them, and who did it. */
export const TELLING: Access = { ...AUDIT, timeline: ['PutItem'] }
export const SEALING: Access = { ...AUDIT, 'root-keys': READ }
/** Identifies the caller, by an API key or by the issuer and audience of a JWT. */
export const CALLERS: Access = { 'api-key': ['GetItem'], issuer: ['BatchGetItem'] }
/** Erases a deleted tenant, including the items in other partitions that point to it. */
export const ERASING: Access = {
  usage: ['Query', 'DeleteItem'],
  events: ['Query', 'DeleteItem'],
  timeline: ['Query', 'DeleteItem'],
  webhooks: ['Query', 'DeleteItem'],
  tenants: ['DeleteItem'],
  'api-key': ['DeleteItem'],
  issuer: ['DeleteItem'],
}
