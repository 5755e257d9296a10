// GET /v1/authorize: the connect link, followed by an end user's browser.
import { followLink } from '#domain/authorize.ts'
import { STATE_LIFETIME_SECONDS } from '#domain/connect-session.ts'
import type { Services } from '#domain/ports.ts'
import { redirect } from '#http/answer.ts'
import { CONFIRMATION_COOKIE, confirmationPage, hostCookie, refusalPage } from '#http/connect-pages.ts'
import { queryParameters } from '#http/request.ts'
import { httpHandler } from '#http/stack.ts'
import { onLambda } from '#runtime/lambda.ts'
import { createServices } from '#runtime/services.ts'

export const authorize = (services: Services) =>
  httpHandler<'authorize'>(services, {
    'GET /v1/authorize': async (request) => {
      const { session: linkSecret = '', confirmation } = queryParameters(request)
      const cookie = request.cookies.get(CONFIRMATION_COOKIE) ?? ''
      const visit = await followLink(services, {
        linkSecret,
        ...(confirmation !== undefined && { confirmation: { sent: confirmation, cookie } }),
      })
      switch (visit.outcome) {
        case 'confirm':
          return confirmationPage(linkSecret, visit)
        case 'redirect': {
          const { name, value } = visit.browserCookie
          return redirect(visit.location, [hostCookie(name, value.reveal(), STATE_LIFETIME_SECONDS)])
        }
        default:
          return refusalPage(visit.outcome)
      }
    },
  })

export const handler = onLambda('authorize', createServices, authorize)
