// Events of the audit trail.
import { auditEventSchema, auditQuerySchema } from '#http/wire/history/audit-event.ts'
import { pageOf } from '#http/wire/shaped.ts'
import { type Bodies, time } from './body.ts'
import { API_KEY, CONNECTION } from './samples.ts'

const auditEvent = {
  id: 'aud_01k2q8v4000123456789abcdef',
  at: '2026-03-01T09:10:00Z',
  action: 'connection.delete',
  actor: { type: 'api_key', id: API_KEY },
  resource: { type: 'connection', id: CONNECTION },
  result: 'ok',
  source_ip: '192.0.2.1',
  user_agent: 'example/1.0',
  request_id: 'JKJaXmPLvHcESHA=',
}

export const auditEvents = {
  schemas: {
    AuditQuery: auditQuerySchema,
    AuditEvent: auditEventSchema,
    AuditEventPage: pageOf(auditEventSchema),
  },
  examples: {
    AuditEventPage: { data: [auditEvent], next_cursor: auditEvent.id },
  },
  fields: {
    at: time('When it happened.'),
    'AuditEvent.action': { description: 'What happened: a kind of resource and what was done to it.' },
    'AuditQuery.action': { description: 'Lists only the events with this action. Default: all actions.' },
    actor: { description: 'Who did it.' },
    'actor.type': {
      description:
        'Kind of actor. `api_key`: a back end of the tenant. `end_user`: an end user with a JWT. `operator`: the operator of the service. `browser`: the browser of an end user, on its way to or from ClickFunnels. `service`: the service by itself.',
    },
    'actor.id': {
      description:
        'Id of the API key, the end user, the IAM principal (ARN), the connect session (for a browser), or the name of the function. Absent if the operator acted and the tenant reads the trail.',
    },
    identity_provider_id: {
      description: 'Id of the identity provider that issued the JWT. Only with the type `end_user`.',
    },
    resource: { description: 'What it was done to.' },
    'resource.type': { description: 'Kind of resource.' },
    'resource.id': { description: 'Id of the resource. Absent if the resource was not created.' },
    resource_id: {
      description: 'Lists only the events about the resource with this id. Default: all resources.',
    },
    result: { description: '`ok`, or the code of the error that was answered.' },
    'AuditEvent.reason': {
      description: 'More about what happened; for a change, the names of the changed fields. Often absent.',
    },
    source_ip: {
      description: 'IP address that the request came from. Absent if no request led to the event.',
    },
    user_agent: { description: 'The header `User-Agent` of the request, at most 200 characters.' },
    request_id: { description: 'The `Funnel-Connect-Request-Id` of the answer.' },
  },
} satisfies Bodies
