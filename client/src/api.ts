// Made from the service's schemas by "npm run docs". Do not edit.

/** What went wrong. */
export type ErrorCode =
  | 'malformed_request'
  | 'path_not_allowed'
  | 'missing_credential'
  | 'invalid_credential'
  | 'insufficient_scope'
  | 'origin_not_registered'
  | 'tenant_suspended'
  | 'app_suspended'
  | 'connection_suspended'
  | 'end_user_mismatch'
  | 'completion_code_mismatch'
  | 'not_found'
  | 'method_not_allowed'
  | 'session_not_completable'
  | 'workspace_mismatch'
  | 'reauthorization_required'
  | 'idempotency_in_progress'
  | 'idempotency_outcome_unknown'
  | 'idempotency_answer_not_kept'
  | 'tenant_not_suspended'
  | 'app_in_use'
  | 'client_secret_in_use'
  | 'kms_key_unavailable'
  | 'api_key_not_rotatable'
  | 'identity_provider_taken'
  | 'tenant_shredded'
  | 'tenant_deleted'
  | 'request_too_large'
  | 'validation_failed'
  | 'idempotency_key_reused'
  | 'return_url_not_registered'
  | 'rate_limited'
  | 'tenant_limit_exceeded'
  | 'app_credentials_refused'
  | 'internal_error'
  | 'secret_unreadable'
  | 'grant_refused'
  | 'upstream_unreachable'
  | 'upstream_untrusted'
  | 'upstream_blocked'
  | 'upstream_malformed'
  | 'upstream_answer_lost'
  | 'upstream_response_too_large'
  | 'refresh_failed'
  | 'storage_unavailable'
  | 'identity_provider_unavailable'
  | 'upstream_timeout'

export interface ConnectSessionRequest {
  /** The tenant's ClickFunnels application. May be left out by a tenant that has one only. */
  readonly app_id?: string
  /** The tenant's own user. With a JWT it is taken from that. */
  readonly end_user?: {
    /** The tenant's own id of its user; opaque to the service. */
    readonly id: string
    /** What the confirmation page calls the user. */
    readonly display_name?: string
  }
  /** Where the browser is sent in the end. Has to lie under a URL that is registered for the tenant. */
  readonly return_url: string
  /** `verified`: the code is exchanged only when `complete` is called for the user who is logged in then. `confirmed`: a page names product and account before the browser goes to ClickFunnels, and the return ends it. */
  readonly completion?: 'verified' | 'confirmed'
  /** The connection that was made; in a request, the one to reconnect. */
  readonly connection_id?: string
}

export interface ConnectSession {
  /** Id; sorts by time of creation. */
  readonly id: string
  /** How it stands. */
  readonly status: 'created' | 'authorizing' | 'awaiting_completion' | 'connected' | 'denied' | 'failed' | 'expired'
  /** Where the end user's browser has to go. Told once, works once, lives 30 minutes. */
  readonly connect_url?: string
  /** The application it connects through. */
  readonly app_id: string
  /** The tenant's own user. With a JWT it is taken from that. */
  readonly end_user: {
    /** The tenant's own id of its user; opaque to the service. */
    readonly id: string
    /** What the confirmation page calls the user. */
    readonly display_name?: string
  }
  /** `verified`: the code is exchanged only when `complete` is called for the user who is logged in then. `confirmed`: a page names product and account before the browser goes to ClickFunnels, and the return ends it. */
  readonly completion: 'verified' | 'confirmed'
  /** The connection that was made; in a request, the one to reconnect. */
  readonly connection_id?: string
  /** Why it was denied or failed: a code of ClickFunnels or of the service. */
  readonly error?: string
  /** When it was created. */
  readonly created_at: string
  /** When the present state runs out. */
  readonly expires_at: string
}

export interface Connection {
  /** Id; sorts by time of creation. */
  readonly id: string
  /** The application through which it was connected. */
  readonly app_id: string
  /** The tenant's own user. With a JWT it is taken from that. */
  readonly end_user: {
    /** The tenant's own id of its user; opaque to the service. */
    readonly id: string
    /** What the confirmation page calls the user. */
    readonly display_name?: string
  }
  /** How it stands. */
  readonly status: 'active' | 'reauthorization_required'
  /** Why it is no longer active. */
  readonly status_reason?: string
  /** Since when it is suspended by the operator; absent when it is not. */
  readonly suspended_at?: string
  /** The ClickFunnels workspace, as far as ClickFunnels tells. */
  readonly workspace: {
    /** ClickFunnels' id of the workspace. */
    readonly id?: string
    /** Name of the workspace. */
    readonly name?: string
    /** The first label of its host. */
    readonly subdomain?: string
    /** ClickFunnels' id of its team. */
    readonly team_id?: string
    /** Name of its team. */
    readonly team_name?: string
  }
  /** The OAuth scopes that were granted. */
  readonly scopes: readonly string[]
  /** How the token is kept alive. Never the token itself. */
  readonly token: {
    /** When the present access token expires; absent when it does not. */
    readonly expires_at?: string
    /** Whether a refresh token came with it. If not, it is probed instead. */
    readonly refreshable: boolean
    /** When it was last refreshed. */
    readonly last_refreshed_at?: string
    /** When it is looked after next. */
    readonly next_due_at?: string
    /** Refreshes that failed in a row. */
    readonly consecutive_failures: number
    /** What the last of them failed with. */
    readonly last_error?: string
  }
  /** When it was created. */
  readonly created_at: string
  /** When it was last changed. */
  readonly updated_at: string
}

export interface Funnel {
  /** ClickFunnels' id. */
  readonly id: number
  /** ClickFunnels' public id. */
  readonly public_id?: string
  /** The workspace it belongs to. */
  readonly workspace_id?: number
  /** Its name. */
  readonly name: string
  /** Its path on the site. */
  readonly current_path?: string | null
  /** Whether it is live. */
  readonly live_mode?: boolean
  /** When it was created. */
  readonly created_at?: string
  /** When it was last changed. */
  readonly updated_at?: string
  readonly [member: string]: unknown
}
