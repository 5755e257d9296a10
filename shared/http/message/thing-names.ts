// What the things with an id of ours are called in texts for people. A new kind of id does not compile without a name.
import type { MintedIds } from '#domain/ids.ts'

export const THING_NAMES: Readonly<Record<keyof MintedIds, string>> = {
  tenant: 'tenant',
  app: 'app',
  apiKey: 'API key',
  identityProvider: 'identity provider',
  connectSession: 'connect session',
  connection: 'connection',
  revocation: 'revocation',
  auditEvent: 'audit event',
  event: 'event',
  timelineEntry: 'timeline entry',
  endpoint: 'webhook endpoint',
  delivery: 'delivery',
  manageLink: 'manage link',
}
