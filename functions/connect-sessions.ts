// Connect sessions for the tenant: start one, ask how it stands, complete a "verified" one.
import type { Services } from '#domain/ports.ts'
import { findSession, startSession } from '#domain/start-session.ts'
import { json } from '#http/answer.ts'
import { authentication } from '#http/authenticate.ts'
import { connectionJson } from '#http/connection-json.ts'
import { parseBody } from '#http/parse.ts'
import { pathId } from '#http/path-id.ts'
import { jsonBody } from '#http/request.ts'
import { completionSchema, sessionJson, sessionRequestSchema } from '#http/session-json.ts'
import { httpHandler } from '#http/stack.ts'
import { onLambda } from '#runtime/lambda.ts'
import { createServices } from '#runtime/services.ts'

export const connectSessions = (services: Services) =>
  httpHandler<'connect-sessions'>(
    { ...services, ...authentication(services) },
    {
      'POST /v1/connect-sessions': async (request, caller) => {
        const input = parseBody(sessionRequestSchema, jsonBody(request))
        const { session, linkSecret } = await startSession(services, caller, input)
        const link = { publicUrl: services.publicUrl, secret: linkSecret }
        return json(201, sessionJson(session, services.now(), link))
      },

      'GET /v1/connect-sessions/{id}': async ({ pathParameters }, caller) => {
        const id = pathId('connectSession', pathParameters.id, 'connect session')
        return json(200, sessionJson(await findSession(services, caller, id), services.now()))
      },

      'POST /v1/connect-sessions/{id}/complete': async (request, caller) => {
        const sessionId = pathId('connectSession', request.pathParameters.id, 'connect session')
        const { end_user, completion_code } = parseBody(completionSchema, jsonBody(request))
        const input = {
          sessionId,
          ...(end_user && { endUserId: end_user.id }),
          ...(completion_code !== undefined && { completionCode: completion_code }),
        }
        // What follows a person's visit to ClickFunnels; most sessions are only started and looked at.
        const { completeSession } = await import('#domain/complete-session.ts')
        const connection = await completeSession(services, caller, input)
        return json(200, connectionJson(connection))
      },
    },
  )

export const handler = await onLambda('connect-sessions', createServices, connectSessions)
