// The audit trail of a tenant, for the tenant and for the operator. A deleted tenant still has one.
import type { AuditPage } from '#domain/audit/event.ts'
import type { TenantId } from '#domain/ids.ts'
import { authentication } from '#http/credentials/authenticate.ts'
import { json } from '#http/message/answer.ts'
import { parseQuery } from '#http/message/parse.ts'
import { tenantOf } from '#http/message/path-id.ts'
import { type ApiRequest, queryParameters } from '#http/message/request.ts'
import { httpHandler } from '#http/stack.ts'
import { auditEventJson, auditQuerySchema } from '#http/wire/history/audit-event.ts'
import { pageJson } from '#http/wire/shaped.ts'
import { type CredentialServices, createCredentialServices } from '#runtime/credential-services.ts'
import { onLambda } from '#runtime/lambda.ts'

export const auditEvents = (services: CredentialServices) => {
  const list = (request: ApiRequest, tenantId: TenantId): Promise<AuditPage> => {
    const { filter, limit, after } = parseQuery(auditQuerySchema, queryParameters(request))
    return services.auditEvents.list(tenantId, filter, limit, services.now(), after)
  }
  const page = ({ items, next }: AuditPage, reader: 'tenant' | 'operator') =>
    json(
      200,
      pageJson(
        items.map((event) => auditEventJson(event, reader)),
        next,
      ),
    )

  return httpHandler<'audit-events'>(
    { ...services, ...authentication(services) },
    {
      'GET /v1/audit-events': async (request, { tenant }) => page(await list(request, tenant.id), 'tenant'),

      'GET /v1/tenants/{tenant_id}/audit-events': async (request) =>
        page(await list(request, tenantOf(request)), 'operator'),
    },
  )
}

export const handler = await onLambda('audit-events', createCredentialServices, auditEvents)
