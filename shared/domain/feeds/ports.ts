// Feeds need what a token that works needs: a feed is kept with the token of its connection, and a report that the app was
// disconnected leads to a look at the connection.
import type { Ambient } from '../ambient.ts'
import type { ConnectionPorts } from '../connections/ports.ts'
import type { ProviderPorts } from '../provider/ports.ts'
import type { FreshTokenPorts } from '../tokens/await-refresh.ts'
import type { VaultPorts } from '../vault/ports.ts'

/** To create, change and repair a feed. */
export type FeedPorts = Pick<
  Ambient & ConnectionPorts & ProviderPorts & VaultPorts,
  | 'now'
  | 'chance'
  | 'randomBytes'
  | 'publicUrl'
  | 'log'
  | 'feeds'
  | 'connections'
  | 'webhookEndpoints'
  | 'vault'
>

/** To receive events. */
export type ReceivePorts = FeedPorts & FreshTokenPorts
