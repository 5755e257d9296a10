// A tenant's connect sessions: start one, show its status, complete a "verified" one. And the import of connections, which stores the
// same as a session does, and starts sessions for tokens that are dead. And the key that an export is sealed to: it is an item that
// must not come while its tenant is deleted, as theirs.

import { findSession, startSession } from '#domain/connect/start-session.ts'
import { authentication } from '#http/credentials/authenticate.ts'
import { created, json, noContent } from '#http/message/answer.ts'
import { parseBody } from '#http/message/parse.ts'
import { pathId } from '#http/message/path-id.ts'
import { jsonBody } from '#http/message/request.ts'
import { httpHandler } from '#http/stack.ts'
import { completionSchema, sessionJson, sessionRequestSchema } from '#http/wire/session.ts'
import { onLambda } from '#runtime/lambda.ts'
import { createLimitedServices, type LimitedServices } from '#runtime/limited-services.ts'

/** Loaded by the first request that is about an export. */
const exporting = (services: LimitedServices) =>
  Promise.all([import('#domain/exports/manage-export-key.ts'), services.exportTools()])

export const connectSessions = (services: LimitedServices) =>
  httpHandler<'connect-sessions'>(
    { ...services, ...authentication(services) },
    {
      'POST /v1/connect-sessions': async (request, caller) => {
        const input = parseBody(sessionRequestSchema, jsonBody(request))
        const { session, linkSecret } = await startSession(services, caller, input)
        const link = { publicUrl: services.publicUrl, secret: linkSecret }
        return created(sessionJson(session, services.now(), link))
      },

      'GET /v1/connect-sessions/{id}': async ({ pathParameters }, caller) => {
        const id = pathId('connectSession', pathParameters.id)
        return json(200, sessionJson(await findSession(services, caller, id), services.now()))
      },

      'POST /v1/connect-sessions/{id}/complete': async (request, caller) => {
        const sessionId = pathId('connectSession', request.pathParameters.id)
        const { end_user, completion_code } = parseBody(completionSchema, jsonBody(request))
        const input = {
          sessionId,
          ...(end_user && { endUserId: end_user.id }),
          ...(completion_code !== undefined && { completionCode: completion_code }),
        }
        // Most sessions are only started and shown, so a cold start does not load the completion.
        const { completeSession } = await import('#domain/connect/complete-session.ts')
        const { connectionJson } = await import('#http/wire/connection.ts')
        const connection = await completeSession(services, caller, input)
        return json(200, connectionJson(connection))
      },

      'POST /v1/connections/import': async (request, caller) => {
        const [{ importConnections }, { importJson, importRequestIn, importTally, MAX_IMPORT_BYTES }] =
          await Promise.all([import('#domain/imports/import-connections.ts'), import('#http/wire/import.ts')])
        const input = importRequestIn(jsonBody(request, MAX_IMPORT_BYTES))
        const results = await importConnections(services, caller, input, request.deadline)
        const body = importJson(results, services.publicUrl)
        return { ...json(200, body), reason: importTally(results, input) }
      },

      'PUT /v1/export-key': async (request, caller) => {
        const [{ putExportKey }, tools] = await exporting(services)
        const { exportKeyJson, exportKeyRequestSchema } = await import('#http/wire/exports/export-key.ts')
        const { public_key } = parseBody(exportKeyRequestSchema, jsonBody(request))
        const key = await putExportKey({ ...services, ...tools }, caller.tenant.id, public_key)
        return { ...json(200, exportKeyJson(key)), reason: `key ${key.thumbprint}` }
      },

      'DELETE /v1/export-key': async (_, caller) => {
        const [{ removeExportKey }, tools] = await exporting(services)
        const key = await removeExportKey({ ...services, ...tools }, caller.tenant.id)
        return { ...noContent, ...(key && { reason: `key ${key.thumbprint}` }) }
      },
    },
  )

export const handler = await onLambda('connect-sessions', createLimitedServices, connectSessions)
