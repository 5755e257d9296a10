// The exports for back ends: the event log, webhooks, and links to the manage page. It is an entry point of its own, because hardly a page needs it.
export type { Event, ManageLink, ManageLinkRequest } from './api.ts'
export { type EventFilter, type EventPage, EventReader, type FollowOptions } from './event-reader.ts'
export { createManageLink } from './manage-link.ts'
export type { Options } from './transport.ts'
export { verifyWebhook, type Webhook, WebhookError, type WebhookErrorCode } from './verify-webhook.ts'
