// GET /v1/callback/{app_id}: the redirect URI of an app, to which ClickFunnels sends the browser back.
import { receiveAuthorizationResponse } from '#domain/callback.ts'
import { parseId } from '#domain/ids.ts'
import type { Services } from '#domain/ports.ts'
import { redirect } from '#http/answer.ts'
import { hostCookie, refusalPage } from '#http/connect-pages.ts'
import { queryParameters } from '#http/request.ts'
import { httpHandler } from '#http/stack.ts'
import { onLambda } from '#runtime/lambda.ts'
import { createServices } from '#runtime/services.ts'

export const callback = (services: Services) =>
  httpHandler<'callback'>(services, {
    'GET /v1/callback/{app_id}': async (request) => {
      const appId = parseId('app', request.pathParameters.app_id ?? '')
      const { state, code, error, iss } = queryParameters(request)
      if (appId === undefined || state === undefined) return refusalPage('unknown')
      const response = await receiveAuthorizationResponse(services, {
        appId,
        state,
        cookies: request.cookies,
        ...(code !== undefined && { code }),
        ...(error !== undefined && { error }),
        ...(iss !== undefined && { iss }),
      })
      if (response.outcome !== 'return') return refusalPage(response.outcome)
      return redirect(response.location, [hostCookie(response.spentCookie, '', 0)])
    },
  })

export const handler = onLambda('callback', createServices, callback)
