// What ClickFunnels says about an access token that did not come from a code exchange: whether it works, and for which workspace.
import type { Secret } from '../secret.ts'
import type { Workspace } from './workspace.ts'

export type TokenIdentity =
  /** The workspace has no id if ClickFunnels does not say which of several the token is for. */
  | { readonly outcome: 'alive'; readonly workspace: Workspace }
  /** 401. */
  | { readonly outcome: 'rejected' }
  /** 429. */
  | { readonly outcome: 'limited'; readonly retryAfterSeconds?: number }
  /** Any other answer, or none, proves nothing. */
  | { readonly outcome: 'unclear'; readonly detail: string }

/** How long {@link IdentifyToken} takes at the most. */
export const IDENTIFY_SECONDS = 5

/** Asks `GET /me` and, where a provider has no such path, `GET /workspaces`. Presents the access token only. */
export type IdentifyToken = (accessToken: Secret) => Promise<TokenIdentity>
