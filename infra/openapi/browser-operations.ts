// What an end user's browser calls: on its way to ClickFunnels and back, and on the manage page.

import type { RouteKey } from '#http/routes.ts'
import type { Operation } from './operation.ts'

const page = (says: string) => ({ says: `A page for the end user: ${says}`, content: 'text/html' }) as const
const FAULT_PAGE = page('the service has failed, and what to do now.')

export const BROWSER_OPERATIONS = {
  'GET /v1/manage': {
    id: 'openManagePage',
    summary: 'Open the manage page',
    more: "For browsers only: with `link` this is the `manage_url` of a manage link. It gives the browser a cookie and sends it to the same path without the link. There the end user's connections are listed.",
    parameters: [
      {
        name: 'link',
        in: 'query',
        says: 'The secret of the link. It is part of the `manage_url`.',
        schema: { type: 'string' },
      },
      {
        name: 'after',
        in: 'query',
        says: 'The connection after which the list goes on. A link of the page sends it.',
        schema: { type: 'string' },
      },
      {
        name: 'disconnect',
        in: 'query',
        says: 'The connection to disconnect: the page asks once more. A form of the page sends it.',
        schema: { type: 'string' },
      },
    ],
    answers: {
      200: page('their connections, or the question whether to disconnect one.'),
      302: { says: 'Sends the browser to the page without the link.', headers: ['Location'] },
      403: page('the tenant or its app is suspended.'),
      404: page('the link is unknown, or the page is not open in this browser.'),
      410: page('the link was already used or has expired, or the time on the page is over.'),
      default: FAULT_PAGE,
    },
  },
  'POST /v1/manage': {
    id: 'submitManageForm',
    summary: 'Send a form of the manage page',
    more: 'For browsers only: the forms of the page call this. A form counts only with the cookie of the page and the token in it.',
    passesBody: true,
    answers: {
      303: {
        says: 'It was done. Sends the browser to the page again, to the confirmation before ClickFunnels, or back to the `return_url`.',
        headers: ['Location'],
      },
      400: page('the form belongs to a page that is not open any more.'),
      403: page('the tenant or its app is suspended, or the return URL is no longer registered.'),
      404: page('the page is not open in this browser.'),
      410: page('the time on the page is over.'),
      429: page('the tenant or the end user is at a limit.'),
      default: FAULT_PAGE,
    },
  },
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
