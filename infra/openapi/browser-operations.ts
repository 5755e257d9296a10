// The two stops of an end user's browser on its way to ClickFunnels and back.

import type { RouteKey } from '#http/routes.ts'
import type { Operation } from './operation.ts'

const page = (says: string) => ({ says: `A page for the end user: ${says}`, content: 'text/html' }) as const
const FAULT_PAGE = page('the service has failed, and what to do now.')

export const BROWSER_OPERATIONS = {
  'GET /v1/authorize': {
    id: 'followConnectLink',
    summary: 'Follow a connect link',
    more: "For browsers only: this is the `connect_url` of a connect session. It sends the browser to ClickFunnels. If the session's `completion` is `confirmed`, it first shows a page that names the product and the account; the form of that page calls this route again.",
    parameters: [
      {
        name: 'session',
        in: 'query',
        says: 'The secret of the link. It is part of the `connect_url`.',
        schema: { type: 'string' },
        required: true,
      },
      {
        name: 'confirmation',
        in: 'query',
        says: 'Sent by the form of the confirmation page. Left out at first.',
        schema: { type: 'string' },
      },
      {
        name: 'decision',
        in: 'query',
        says: 'Sent by the form of the confirmation page if the end user says that the account is not theirs. Left out otherwise.',
        schema: { enum: ['decline'] },
      },
    ],
    answers: {
      200: page(
        'asks the end user to confirm the account, or says that nothing was connected, or that a reconnect link has succeeded.',
      ),
      302: {
        says: 'Sends the browser to ClickFunnels or, if the link has expired, back to the `return_url`.',
        headers: ['Location'],
      },
      403: page('the tenant or its app is suspended, or the return URL is no longer registered.'),
      404: page('the link is unknown, or a parameter is repeated.'),
      409: page('another opening of the reconnect link is being finished at this moment.'),
      410: page('the link was already used or has expired, or the connection to reconnect was deleted.'),
      default: FAULT_PAGE,
    },
  },
  'GET /v1/callback/{app_id}': {
    id: 'receiveAuthorizationResponse',
    summary: "Receive ClickFunnels' answer",
    more: 'For browsers only: this is the redirect URI of the app, to which ClickFunnels sends the browser back (RFC 6749 section 4.1.2).',
    parameters: ['state', 'code', 'error', 'iss'].map((name) => ({
      name,
      in: 'query' as const,
      says: `The parameter \`${name}\` of the authorization response. ClickFunnels sends it.`,
      schema: { type: 'string' },
    })),
    answers: {
      302: {
        says: "Sends the browser to the session's `return_url` with the query parameters `connect_session`, `status` and, where they apply, `connection_id`, `completion_code` and `error`.",
        headers: ['Location'],
      },
      400: page('the answer was meant for another application, so it was not used.'),
      403: page(
        'the connecting was started in another browser, the tenant or its app is suspended, or the return URL is no longer registered.',
      ),
      404: page('the answer is unknown, was already received, or repeats a parameter.'),
      410: page('it took too long.'),
      default: FAULT_PAGE,
    },
  },
} as const satisfies Partial<Record<RouteKey, Operation>>
