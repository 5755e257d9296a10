// GET /v1/authorize: the connect link, followed by an end user's browser.

import { browserNote } from '#domain/audit/trail.ts'
import { confirmationCookieName, followLink } from '#domain/connect/authorize.ts'
import { STATE_LIFETIME_SECONDS } from '#domain/connect/connect-session.ts'
import { hostCookie, redirect } from '#http/message/answer.ts'
import { queryParameters, repeatsParameter } from '#http/message/request.ts'
import { shownPages } from '#http/pages/shown-pages.ts'
import { httpHandler } from '#http/stack.ts'
import { onLambda } from '#runtime/lambda.ts'
import { createPageServices, type PageServices } from '#runtime/page-services.ts'

export const authorize = (services: PageServices) => {
  const pages = shownPages(services)
  return httpHandler<'authorize'>(
    { ...services, faultPage: pages.fault },
    {
      'GET /v1/authorize': async (request) => {
        if (repeatsParameter(request, ['session', 'confirmation', 'decision']))
          return pages.refusal(request, 'unknown')
        const { session: linkSecret = '', confirmation, decision } = queryParameters(request)
        const cookie = request.cookies.get(confirmationCookieName(linkSecret)) ?? ''
        const visit = await followLink(services, {
          linkSecret,
          confirmation: { cookie, ...(confirmation !== undefined && { sent: confirmation }) },
          cookies: request.cookies,
          declines: decision === 'decline',
        })
        switch (visit.outcome) {
          case 'confirm':
            return pages.confirmation(
              request,
              {
                linkSecret,
                providerUrl: services.provider.authorizationEndpoint,
                forgotten: confirmation !== undefined && cookie === '',
              },
              visit,
            )
          case 'redirect': {
            const { name, value } = visit.browserCookie
            const cookies = [hostCookie(name, value.reveal(), STATE_LIFETIME_SECONDS)]
            const audit = browserNote(visit.session, 'connect_session.follow', 'ok')
            return { ...redirect(visit.location, cookies), audit }
          }
          case 'return':
            return redirect(visit.location)
          case 'declined':
          case 'declined_reusable': {
            const page = await pages.refusal(request, visit.outcome, visit.product)
            return { ...page, audit: browserNote(visit.session, 'connect_session.follow', 'access_denied') }
          }
          case 'unknown':
            return pages.refusal(request, 'unknown')
          default:
            return pages.refusal(request, visit.outcome, visit.product)
        }
      },
    },
  )
}

export const handler = await onLambda('authorize', createPageServices, authorize)
