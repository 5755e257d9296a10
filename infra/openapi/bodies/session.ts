// Connect sessions.
import { completionSchema, sessionRequestSchema, sessionSchema } from '#http/wire/session.ts'
import { type Bodies, time } from './body.ts'
import { APP, CONNECTION, END_USER, LABEL, SESSION, TAGS } from './samples.ts'

const session = {
  id: SESSION,
  status: 'created',
  app_id: APP,
  end_user: END_USER,
  completion: 'verified',
  tags: TAGS,
  label: LABEL,
  created_at: '2026-03-01T09:00:00Z',
  expires_at: '2026-03-01T09:30:00Z',
}

export const sessions = {
  schemas: {
    ConnectSessionRequest: sessionRequestSchema,
    CompletionRequest: completionSchema,
    ConnectSession: sessionSchema,
  },
  examples: {
    ConnectSessionRequest: {
      end_user: END_USER,
      return_url: 'https://app.example.com/connected',
      completion: 'verified',
      tags: TAGS,
      label: LABEL,
    },
    CompletionRequest: { end_user: { id: END_USER.id }, completion_code: 'from-the-return-url' },
    StartedSession: {
      ...session,
      connect_url: 'https://connect.example.com/v1/authorize?session=the-link-secret',
    },
    ConnectSession: { ...session, status: 'connected', connection_id: CONNECTION },
  },
  fields: {
    'ConnectSessionRequest.app_id': {
      description:
        "Id of the tenant's app to connect through, such as `app_01k2q8v3d00123456789abcdef`. Default: the app of the connection to reconnect, else the tenant's first app.",
    },
    'ConnectSessionRequest.end_user': {
      description:
        'The end user who connects a workspace. Required with an API key. With a JWT it is taken from the JWT; if it is sent, its `id` must be that of the JWT.',
    },
    'ConnectSession.app_id': { description: 'Id of the app that the session connects through.' },
    end_user: { description: "The user of the tenant's product who owns the workspace." },
    'end_user.id': {
      description:
        "The tenant's own id of the user, 1 to 256 characters. The service does not interpret it. Use one that never changes, such as an account number rather than an e-mail address.",
    },
    'end_user.display_name': {
      description:
        'Name or e-mail address that the confirmation page shows to the user, 1 to 256 characters. With a JWT it is the claim `name` of the JWT, or `email` if `email_verified` is true. If it is absent, the page shows only the id.',
    },
    'CompletionRequest.end_user': {
      description:
        'The end user who is logged in to the product at this moment: the one of your own login session, never one that the browser names. Required with an API key. With a JWT it is taken from the JWT.',
    },
    return_url: {
      description:
        'URL of the product to which the browser comes back, such as `https://app.example.com/connected`. Scheme, host and port must equal those of a `return_urls` entry of the tenant, and the path must be that of the entry or, with an API key, lie below it. With a JWT the path must be exactly that of the entry. The service adds the query parameters `connect_session`, `status` and, where they apply, `connection_id`, `completion_code` and `error`; parameters of your own with these names are removed.',
      format: 'uri',
    },
    completion: {
      description:
        'How the service makes sure that the right user approved. `verified`: after the return, the product calls `complete` with the completion code and names the end user who is logged in. `confirmed`: before ClickFunnels, a page of the service names the product and the account, and no call is needed afterwards. In a request, the default is `verified`. With a JWT, `confirmed` is refused unless the operator has set `end_users_may_confirm` for the tenant.',
    },
    completion_code: {
      description:
        'Value of the query parameter `completion_code` of the return URL. It proves that this browser came back from ClickFunnels. Required while the session is `awaiting_completion`, with an API key, too: without the code, or with a wrong one, the session stays as it is. It may be left out only when a session that is already `connected` is completed again.',
    },
    'ConnectSessionRequest.connection_id': {
      description:
        'Id of the connection to reconnect; it keeps its id and gets new tokens. It must belong to the same end user. If it is left out, the session creates a connection, or updates the one that this end user already has to the chosen workspace.',
    },
    'ConnectSessionRequest.purpose': {
      description:
        'What the link is for. `reconnect`: it goes into an e-mail. It lives for seven days and can be opened again until the connection was reconnected; each opening supersedes the one before. Needs `connection_id` and an API key. Default: the link works once and for 30 minutes.',
    },
    'ConnectSession.purpose': {
      description:
        '`reconnect` if the session was started so: then it returns to `created` when an attempt runs out, and its link works after `denied` and `failed`, too. Absent otherwise.',
    },
    'ConnectSessionRequest.tags': {
      description:
        'Tags for the connection, by key, such as `4711` for the key `project`: up to 10, keys of 1 to 40 and values of 1 to 200 characters. The service does not interpret them; every event of the connection repeats them. With an API key only. Default: no tags; a connection that is reconnected keeps its tags.',
      maxProperties: 10,
      propertyNames: { minLength: 1, maxLength: 40 },
    },
    'ConnectSessionRequest.label': {
      description:
        'Label for the connection, for people, 1 to 200 characters. With an API key only. Default: no label; a connection that is reconnected keeps its label.',
    },
    'ConnectSession.tags': { description: 'Tags for the connection. Absent if none were sent.' },
    'ConnectSession.label': { description: 'Label for the connection. Absent if none was sent.' },
    'ConnectSession.connection_id': {
      description:
        'Id of the connection that the session created or updated. Before the session is `connected`, it is the connection to reconnect; absent if there is none.',
    },
    'ConnectSession.status': {
      description:
        'Current status. `created`: the browser has not followed the link. `authorizing`: the browser was sent to ClickFunnels. `awaiting_completion`: the end user approved; call `complete` now. `connected`: the connection exists. `denied`: the end user refused. `failed`: see `error`. `expired`: it took too long; start a new session.',
    },
    connect_url: {
      description:
        "Link for the end user's browser. It works once and for 30 minutes; with the purpose `reconnect`, until the connection was reconnected and for seven days. It is in the answer that starts the session and in no other.",
      format: 'uri',
    },
    error: {
      description:
        'Why the session is `denied` or `failed`: an OAuth 2.0 error code (RFC 6749) such as `access_denied` or `invalid_grant`, or one of this service such as `workspace_mismatch`. Absent otherwise.',
    },
    'ConnectSession.expires_at': time(
      'When the session leaves its current status by itself. A session in progress becomes `expired`. An ended session is deleted then or later.',
    ),
  },
} satisfies Bodies
