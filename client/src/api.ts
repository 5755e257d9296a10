// The service's API as types: what goes over the wire, in its own names.

export type ErrorCode =
  | 'malformed_request'
  | 'path_not_allowed'
  | 'missing_credential'
  | 'invalid_credential'
  | 'tenant_suspended'
  | 'end_user_mismatch'
  | 'not_found'
  | 'method_not_allowed'
  | 'session_not_completable'
  | 'workspace_mismatch'
  | 'reauthorization_required'
  | 'tenant_not_suspended'
  | 'kms_key_unavailable'
  | 'tenant_shredded'
  | 'request_too_large'
  | 'validation_failed'
  | 'return_url_not_registered'
  | 'rate_limited'
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
  | 'upstream_timeout'

export interface EndUser {
  readonly id: string
  readonly display_name?: string
}

export interface ConnectSessionRequest {
  readonly app_id?: string
  readonly end_user?: EndUser
  readonly return_url: string
  readonly completion?: 'verified' | 'confirmed'
  readonly connection_id?: string
}

export interface ConnectSession {
  readonly id: string
  readonly status:
    | 'created'
    | 'authorizing'
    | 'awaiting_completion'
    | 'connected'
    | 'denied'
    | 'failed'
    | 'expired'
  readonly connect_url?: string
  readonly app_id: string
  readonly end_user: EndUser
  readonly completion: 'verified' | 'confirmed'
  readonly connection_id?: string
  readonly error?: string
  readonly created_at: string
  readonly expires_at: string
}

export interface Connection {
  readonly id: string
  readonly app_id: string
  readonly end_user: EndUser
  readonly status: 'active' | 'reauthorization_required' | 'revoked'
  readonly status_reason?: string
  readonly workspace: {
    readonly id?: string
    readonly name?: string
    readonly subdomain?: string
    readonly team_id?: string
    readonly team_name?: string
  }
  readonly scopes: readonly string[]
  readonly token: {
    readonly expires_at?: string
    readonly refreshable: boolean
    readonly last_refreshed_at?: string
    readonly next_due_at?: string
    readonly consecutive_failures: number
    readonly last_error?: string
  }
  readonly created_at: string
  readonly updated_at: string
}
