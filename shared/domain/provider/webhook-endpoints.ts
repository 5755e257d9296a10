// ClickFunnels' outgoing webhooks, managed with the token of a connection: endpoints in its workspace, and the list of events.
import type { ConnectionId } from '../ids.ts'
import type { Secret } from '../secret.ts'
import type { Workspace } from './workspace.ts'

/** Whose token is used, and where. */
export interface WorkspaceAccess {
  readonly connection: ConnectionId
  readonly workspace: Workspace
  readonly accessToken: Secret
}

/**
 * rejected: 401. refused: ClickFunnels understood, and does not do it (403, 404, 422). failed: any other answer, or none: it
 * may have been done.
 */
export interface NotDone {
  readonly outcome: 'rejected' | 'refused' | 'failed'
  readonly detail: string
}

export interface CreatedEndpoint {
  readonly outcome: 'created'
  readonly id: string
  /** Shown this once. */
  readonly secret: Secret
}

/** An event in ClickFunnels' list. */
export interface ListedEvent {
  /** Its place in the list: ids ascend. */
  readonly id: string
  readonly eventId: string
  readonly eventType: string
  /** Epoch seconds; absent if ClickFunnels does not say. */
  readonly createdAt?: number
  /** The body as ClickFunnels would deliver it. */
  readonly body: string
}

export interface WebhookEndpoints {
  /** @param types at least one: ClickFunnels takes an empty list for all types */
  create(
    access: WorkspaceAccess,
    endpoint: { readonly url: string; readonly types: readonly string[] },
  ): Promise<CreatedEndpoint | NotDone>
  /** The ids of the endpoints with this URL. */
  find(
    access: WorkspaceAccess,
    url: string,
  ): Promise<{ readonly outcome: 'found'; readonly ids: readonly string[] } | NotDone>
  /** Replaces the event types of an endpoint. gone: there is no such endpoint. */
  change(
    access: WorkspaceAccess,
    id: string,
    types: readonly string[],
  ): Promise<{ readonly outcome: 'changed' } | { readonly outcome: 'gone' } | NotDone>
  /** Deletes an endpoint; one that is gone counts as deleted. */
  remove(access: WorkspaceAccess, id: string): Promise<{ readonly outcome: 'removed' } | NotDone>
  /** A page of the workspace's events after an id, or from the first one, of whatever type. */
  events(
    access: WorkspaceAccess,
    after: string | undefined,
  ): Promise<
    { readonly outcome: 'listed'; readonly events: readonly ListedEvent[]; readonly more: boolean } | NotDone
  >
  /** The id of the newest event; `undefined` if there is none, or if ClickFunnels does not say. */
  newestEvent(access: WorkspaceAccess): Promise<string | undefined>
}
