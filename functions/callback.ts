// GET /v1/callback/{app_id}: the redirect URI of an app, to which ClickFunnels sends the browser back.

import { browserNote } from '#domain/audit/trail.ts'
import { receiveAuthorizationResponse } from '#domain/connect/callback.ts'
import { parseId } from '#domain/ids.ts'
import { redirect } from '#http/message/answer.ts'
import { queryParameters, repeatsParameter } from '#http/message/request.ts'
import { shownPages } from '#http/pages/shown-pages.ts'
import { httpHandler } from '#http/stack.ts'
import { onLambda } from '#runtime/lambda.ts'
import { createPageServices, type PageServices } from '#runtime/page-services.ts'

export const callback = (services: PageServices) => {
  const pages = shownPages(services)
  return httpHandler<'callback'>(
    { ...services, faultPage: pages.fault },
    {
      'GET /v1/callback/{app_id}': async (request) => {
        const appId = parseId('app', request.pathParameters.app_id ?? '')
        const { state, code, error, iss } = queryParameters(request)
        const isMalformed = repeatsParameter(request, ['state', 'code', 'error', 'iss'])
        if (appId === undefined || state === undefined || isMalformed)
          return pages.refusal(request, 'unknown')
        const response = await receiveAuthorizationResponse(services, {
          appId,
          state,
          cookies: request.cookies,
          ...(code !== undefined && { code }),
          ...(error !== undefined && { error }),
          ...(iss !== undefined && { iss }),
        })
        switch (response.outcome) {
          case 'return':
            return {
              ...redirect(response.location),
              audit: browserNote(response.session, 'connect_session.return', response.error ?? 'ok'),
            }
          case 'repeated':
            return redirect(response.location)
          case 'unknown':
            return pages.refusal(request, 'unknown')
          default:
            return {
              ...(await pages.refusal(request, response.outcome, response.product)),
              audit: browserNote(response.session, 'connect_session.return', response.outcome),
            }
        }
      },
    },
  )
}

export const handler = await onLambda('callback', createPageServices, callback)
