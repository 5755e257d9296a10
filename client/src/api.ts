// Made from the service's schemas by "npm run docs". Do not edit.

export interface ConnectSessionRequest {
  /**
   * Id of the tenant's app to connect through, such as `app_01k2q8v3d00123456789abcdef`. Default: the
   * app of the connection to reconnect, else the tenant's first app.
   */
  readonly app_id?: string
  /**
   * The end user who connects a workspace. Required with an API key. With a JWT it is taken from the
   * JWT; if it is sent, its `id` must be that of the JWT.
   */
  readonly end_user?: {
    /**
     * The tenant's own id of the user, 1 to 256 characters. The service does not interpret it. Use one
     * that never changes, such as an account number rather than an e-mail address.
     */
    readonly id: string
    /**
     * Name or e-mail address that the confirmation page shows to the user, 1 to 256 characters. With a
     * JWT it is the claim `name` of the JWT, or `email` if `email_verified` is true. If it is absent, the
     * page shows only the id.
     */
    readonly display_name?: string
  }
  /**
   * URL of the product to which the browser comes back, such as `https://app.example.com/connected`.
   * Scheme, host and port must equal those of a `return_urls` entry of the tenant, and the path must be
   * that of the entry or, with an API key, lie below it. With a JWT the path must be exactly that of
   * the entry. The service adds the query parameters `connect_session`, `status` and, where they apply,
   * `connection_id`, `completion_code` and `error`; parameters of your own with these names are
   * removed.
   */
  readonly return_url: string
  /**
   * How the service makes sure that the right user approved. `verified`: after the return, the product
   * calls `complete` with the completion code and names the end user who is logged in. `confirmed`:
   * before ClickFunnels, a page of the service names the product and the account, and no call is needed
   * afterwards. In a request, the default is `verified`. With a JWT, `confirmed` is refused unless the
   * operator has set `end_users_may_confirm` for the tenant.
   */
  readonly completion?: 'verified' | 'confirmed'
  /**
   * Id of the connection to reconnect; it keeps its id and gets new tokens. It must belong to the same
   * end user. If it is left out, the session creates a connection, or updates the one that this end
   * user already has to the chosen workspace.
   */
  readonly connection_id?: string
  /**
   * What the link is for. `reconnect`: it goes into an e-mail. It lives for seven days and can be
   * opened again until the connection was reconnected; each opening supersedes the one before. Needs
   * `connection_id` and an API key. Default: the link works once and for 30 minutes.
   */
  readonly purpose?: 'reconnect'
  /**
   * Tags for the connection, by key, such as `4711` for the key `project`: up to 10, keys of 1 to 40
   * and values of 1 to 200 characters. The service does not interpret them; every event of the
   * connection repeats them. With an API key only. Default: no tags; a connection that is reconnected
   * keeps its tags.
   */
  readonly tags?: Readonly<Record<string, string>>
  /**
   * Label for the connection, for people, 1 to 200 characters. With an API key only. Default: no label;
   * a connection that is reconnected keeps its label.
   */
  readonly label?: string
}

export interface ConnectSession {
  /** Id. Opaque text; ids sort by the time of creation. */
  readonly id: string
  /**
   * Current status. `created`: the browser has not followed the link. `authorizing`: the browser was
   * sent to ClickFunnels. `awaiting_completion`: the end user approved; call `complete` now.
   * `connected`: the connection exists. `denied`: the end user refused. `failed`: see `error`.
   * `expired`: it took too long; start a new session.
   */
  readonly status: 'created' | 'authorizing' | 'awaiting_completion' | 'connected' | 'denied' | 'failed' | 'expired'
  /**
   * Link for the end user's browser. It works once and for 30 minutes; with the purpose `reconnect`,
   * until the connection was reconnected and for seven days. It is in the answer that starts the
   * session and in no other.
   */
  readonly connect_url?: string
  /** Id of the app that the session connects through. */
  readonly app_id: string
  /** The user of the tenant's product who owns the workspace. */
  readonly end_user: {
    /**
     * The tenant's own id of the user, 1 to 256 characters. The service does not interpret it. Use one
     * that never changes, such as an account number rather than an e-mail address.
     */
    readonly id: string
    /**
     * Name or e-mail address that the confirmation page shows to the user, 1 to 256 characters. With a
     * JWT it is the claim `name` of the JWT, or `email` if `email_verified` is true. If it is absent, the
     * page shows only the id.
     */
    readonly display_name?: string
  }
  /**
   * How the service makes sure that the right user approved. `verified`: after the return, the product
   * calls `complete` with the completion code and names the end user who is logged in. `confirmed`:
   * before ClickFunnels, a page of the service names the product and the account, and no call is needed
   * afterwards. In a request, the default is `verified`. With a JWT, `confirmed` is refused unless the
   * operator has set `end_users_may_confirm` for the tenant.
   */
  readonly completion: 'verified' | 'confirmed'
  /**
   * `reconnect` if the session was started so: then it returns to `created` when an attempt runs out,
   * and its link works after `denied` and `failed`, too. Absent otherwise.
   */
  readonly purpose?: 'reconnect'
  /**
   * Id of the connection that the session created or updated. Before the session is `connected`, it is
   * the connection to reconnect; absent if there is none.
   */
  readonly connection_id?: string
  /**
   * Why the session is `denied` or `failed`: an OAuth 2.0 error code (RFC 6749) such as `access_denied`
   * or `invalid_grant`, or one of this service such as `workspace_mismatch`. Absent otherwise.
   */
  readonly error?: string
  /** Tags for the connection. Absent if none were sent. */
  readonly tags?: Readonly<Record<string, string>>
  /** Label for the connection. Absent if none was sent. */
  readonly label?: string
  /** When it was created. */
  readonly created_at: string
  /**
   * When the session leaves its current status by itself. A session in progress becomes `expired`. An
   * ended session is deleted then or later.
   */
  readonly expires_at: string
}

export interface Connection {
  /** Id. Opaque text; ids sort by the time of creation. */
  readonly id: string
  /** Id of the app through which the workspace was connected. */
  readonly app_id: string
  /** The user of the tenant's product who owns the workspace. */
  readonly end_user: {
    /**
     * The tenant's own id of the user, 1 to 256 characters. The service does not interpret it. Use one
     * that never changes, such as an account number rather than an e-mail address.
     */
    readonly id: string
    /**
     * Name or e-mail address that the confirmation page shows to the user, 1 to 256 characters. With a
     * JWT it is the claim `name` of the JWT, or `email` if `email_verified` is true. If it is absent, the
     * page shows only the id.
     */
    readonly display_name?: string
  }
  /**
   * Current status. `active`: calls can be made. `reauthorization_required`: ClickFunnels no longer
   * accepts the tokens; start a connect session with the id of this connection as `connection_id`.
   */
  readonly status: 'active' | 'reauthorization_required'
  /**
   * Why the status is `reauthorization_required`: `grant_refused` (ClickFunnels refused the refresh
   * token), `access_token_rejected` (ClickFunnels refused the access token), or `answer_lost` (an
   * answer of ClickFunnels that may have held the next refresh token was lost). Absent while the
   * connection is active.
   */
  readonly status_reason?: string
  /**
   * When ClickFunnels first refused the tokens. Absent while the connection is active, and if it was
   * refused before this field existed.
   */
  readonly refused_at?: string
  /**
   * When a second refusal, at least a minute after the first, confirmed it. Absent while the connection
   * is active or the second look has not come yet. The service looks again for seven days after it.
   */
  readonly ended_at?: string
  /** When the operator suspended it. Absent if it is not suspended. */
  readonly suspended_at?: string
  /** What is wrong with the connection, for a page of yours. Absent if all is well. */
  readonly problem?: {
    /** What is wrong: `suspended`, or a reason of the events `connection.broken` and `connection.at_risk`. */
    readonly code: 'suspended' | 'revoked_at_provider' | 'disconnected_by_provider' | 'refresh_rejected' | 'answer_lost' | 'workspace_gone' | 'attempts_failing' | 'events_refused'
    /** Since when. Absent if that is not known. */
    readonly since?: string
    /** A sentence for the end user, in English. */
    readonly message: string
    /**
     * `reconnect`: the end user has to connect again, with the id of this connection as `connection_id`.
     * `wait`: the service tries again by itself. `ask_operator`: only the operator of this service can
     * help.
     */
    readonly action: 'reconnect' | 'wait' | 'ask_operator'
  }
  /** The ClickFunnels workspace. Fields that ClickFunnels did not give are absent. */
  readonly workspace: {
    /** ClickFunnels' id of the workspace, such as `20417`. */
    readonly id?: string
    /** Name of the workspace. */
    readonly name?: string
    /** First label of the host name of the workspace: `acme` for `acme.myclickfunnels.com`. */
    readonly subdomain?: string
    /** ClickFunnels' id of the team that the workspace belongs to. */
    readonly team_id?: string
    /** Name of that team. */
    readonly team_name?: string
  }
  /** OAuth scopes that ClickFunnels granted. Empty if ClickFunnels named none. */
  readonly scopes: readonly string[]
  /** State of the access token, which the service keeps alive. The token itself is never shown. */
  readonly token: {
    /** When the current access token expires. Absent if ClickFunnels set no expiry. */
    readonly expires_at?: string
    /**
     * True if ClickFunnels issued a refresh token: the service refreshes the access token before it
     * expires. False if not: the service checks about once a day whether the access token still works.
     */
    readonly refreshable: boolean
    /** When the access token was last refreshed. Absent if it never was. */
    readonly last_refreshed_at?: string
    /** When the service next refreshes or checks the access token by itself. Absent if it will not. */
    readonly next_due_at?: string
    /**
     * Number of refreshes or checks that failed in a row. Failures that are not about this connection,
     * such as an outage of ClickFunnels, do not count.
     */
    readonly consecutive_failures: number
    /**
     * Why the last refresh or check failed, such as `rate_limited` or `provider_down`. Absent if it
     * succeeded.
     */
    readonly last_error?: string
  }
  /** Tags that the tenant set, by key. The end user can read them, too. Absent if there are none. */
  readonly tags?: Readonly<Record<string, string>>
  /** Label that the tenant set. The end user can read it, too. Absent if there is none. */
  readonly label?: string
  /** When it was created. */
  readonly created_at: string
  /** When it was last changed. */
  readonly updated_at: string
}

export interface ConnectionUpdate {
  /**
   * New tags, which replace all former ones: up to 10, keys of 1 to 40 and values of 1 to 200
   * characters. `null` or `{}` removes all. Default: the tags stay.
   */
  readonly tags?: Readonly<Record<string, string>> | null
  /** New label, 1 to 200 characters. `null` removes it. Default: the label stays. */
  readonly label?: string | null
}

export interface Funnel {
  /** ClickFunnels' id of the funnel. */
  readonly id: number
  /** ClickFunnels' public id of the funnel. */
  readonly public_id?: string
  /** ClickFunnels' id of the workspace that the funnel belongs to. */
  readonly workspace_id?: number
  /** Name of the funnel. */
  readonly name: string
  /** Path of the funnel on its site, such as `/spring-workshop`. */
  readonly current_path?: string | null
  /** True if the funnel is live. */
  readonly live_mode?: boolean
  /** When the funnel was created. */
  readonly created_at?: string
  /** When the funnel was last changed. */
  readonly updated_at?: string
  readonly [member: string]: unknown
}

export interface Event {
  /** Id. Opaque text; ids sort by the time of creation. */
  readonly id: string
  /** What happened. Programs should ignore types that they do not know. */
  readonly type: 'connection.created' | 'connection.reconnected' | 'connection.at_risk' | 'connection.broken' | 'connection.recovered' | 'connection.disconnected' | 'connection.suspended' | 'connection.resumed' | 'connect_session.failed' | 'app.unhealthy' | 'app.healthy' | 'tenant.limit_approaching' | 'webhook_endpoint.test' | 'webhook_endpoint.disabled' | string
  /** When it happened. */
  readonly timestamp: string
  /** Whom and what it is about. Members that do not apply are absent. */
  readonly data: {
    /** Id of the connection. */
    readonly connection_id?: string
    /** Id of the connect session. */
    readonly connect_session_id?: string
    /** Id of the app. */
    readonly app_id?: string
    /** The end user. */
    readonly end_user?: {
      /**
       * The tenant's own id of the user, 1 to 256 characters. The service does not interpret it. Use one
       * that never changes, such as an account number rather than an e-mail address.
       */
      readonly id: string
    }
    /** Id of the webhook endpoint. */
    readonly webhook_endpoint_id?: string
    /** Tags of the connection or connect session. Absent if there are none. */
    readonly tags?: Readonly<Record<string, string>>
    /** Label of the connection or connect session. Absent if there is none. */
    readonly label?: string
    /**
     * Number of the event among those about the same connection, connect session, app, tenant or webhook
     * endpoint: 1, 2, 3 and so on.
     */
    readonly sequence: number
    /** Why it happened. docs/events.md lists the reasons of each type. */
    readonly reason?: string
    /** Who disconnected the connection. */
    readonly by?: 'api_key' | 'end_user' | 'operator'
    /**
     * `true` if the tokens came with an import (`POST /v1/connections/import`), not from an end user.
     * Absent otherwise.
     */
    readonly imported?: boolean
    /** ClickFunnels' id of the event. Only in events of ClickFunnels. */
    readonly event_id?: string
    /** The event as ClickFunnels sent it: JSON, as text, unchanged. Only in events of ClickFunnels. */
    readonly body?: string
    /**
     * `true` if ClickFunnels did not deliver the event, and this service fetched it from the list of
     * events. Absent otherwise.
     */
    readonly repaired?: boolean
  }
}

export interface TimelineEntry {
  /** Id. Opaque text; ids sort by the time of creation. */
  readonly id: string
  /** When it happened. */
  readonly at: string
  /**
   * `tokens.…`: a request of this service to ClickFunnels about the tokens, and how it ended. The
   * others are types of events and actions of the audit trail. Programs should ignore codes that they
   * do not know.
   */
  readonly code: 'tokens.refreshed' | 'tokens.refresh_failed' | 'tokens.refused' | 'tokens.probed' | 'tokens.probe_failed' | 'connection.created' | 'connection.reconnected' | 'connection.at_risk' | 'connection.broken' | 'connection.recovered' | 'connection.disconnected' | 'connection.suspended' | 'connection.resumed' | 'connection.create' | 'connection.reconnect' | 'connection.import' | 'connection.export' | 'connection.refresh' | 'connection.require_reauthorization' | 'connection.recover' | 'connection.update' | 'connection.switch' | 'connection.delete' | 'connection.revoke_tokens'
  /** What happened, in a sentence for people. It may be worded differently later. */
  readonly says: string
  /** Who did it. Absent for what the service does by itself. */
  readonly by?: {
    /**
     * Kind of actor. `api_key`: a back end of the tenant. `end_user`: an end user with a JWT. `operator`:
     * the operator of the service. `browser`: the browser of an end user, on its way from ClickFunnels.
     * `service`: the service by itself.
     */
    readonly type: 'api_key' | 'end_user' | 'operator' | 'browser' | 'service'
    /**
     * Id of the API key, the end user, the connect session (for a browser), the IAM principal (ARN), or
     * the name of the function. Absent if it is not known, and if the operator acted and the tenant reads
     * it.
     */
    readonly id?: string
  }
  /**
   * Why the service asked ClickFunnels. `schedule`: before the access token expires, or to see whether
   * it works. `call`: a call needed a token. `refused_call`: ClickFunnels answered a call with 401.
   * Only with `tokens.…`.
   */
  readonly cause?: 'schedule' | 'call' | 'refused_call'
  /** The reason of the event, or the names of the changed fields. */
  readonly reason?: string
  /**
   * ClickFunnels' error code (RFC 6749 section 5.2), such as `invalid_grant`, or this service's name
   * for what went wrong, such as `provider_down`. Never a text of ClickFunnels. Absent if nothing went
   * wrong.
   */
  readonly error?: string
  /** The HTTP status of that answer of ClickFunnels. Absent if there was none. */
  readonly status?: number
  /** How long it took, in whole seconds. Only with `tokens.…`. */
  readonly seconds?: number
  /** `ok`, or the code of the error that the caller got. Only of requests to this service. */
  readonly result?: string
}

export interface ManageLinkRequest {
  /** The end user whose connections the page shows: the one who is logged in to the product. */
  readonly end_user: {
    /**
     * The tenant's own id of the user, 1 to 256 characters. The service does not interpret it. Use one
     * that never changes, such as an account number rather than an e-mail address.
     */
    readonly id: string
    /**
     * Name or e-mail address that the confirmation page shows to the user, 1 to 256 characters. With a
     * JWT it is the claim `name` of the JWT, or `email` if `email_verified` is true. If it is absent, the
     * page shows only the id.
     */
    readonly display_name?: string
  }
  /**
   * Where “Done” on the page leads, such as `https://app.example.com/settings`. It must lie under a
   * `return_urls` entry of the tenant, as for a connect session.
   */
  readonly return_url: string
  /** Id of the tenant's app for new connections. Default: the tenant's first app. */
  readonly app_id?: string
}

export interface ManageLink {
  /** Id of the link, which the audit trail names. It opens nothing. */
  readonly id: string
  /**
   * Link for the end user's browser. It works once and for 30 minutes. It is in this answer and in no
   * other.
   */
  readonly manage_url: string
  /** Id of the app for new connections. */
  readonly app_id: string
  /** The user of the tenant's product who owns the workspace. */
  readonly end_user: {
    /**
     * The tenant's own id of the user, 1 to 256 characters. The service does not interpret it. Use one
     * that never changes, such as an account number rather than an e-mail address.
     */
    readonly id: string
    /**
     * Name or e-mail address that the confirmation page shows to the user, 1 to 256 characters. With a
     * JWT it is the claim `name` of the JWT, or `email` if `email_verified` is true. If it is absent, the
     * page shows only the id.
     */
    readonly display_name?: string
  }
  /** When the link runs out, if it is not opened before. */
  readonly expires_at: string
}
