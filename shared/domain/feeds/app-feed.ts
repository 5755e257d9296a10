// The feed of an app: an endpoint that the tenant created in its own workspace at ClickFunnels, with the app's events URL. Where
// ClickFunnels reports a disconnection is not documented: in the customer's workspace or in that of the app's developer.

import type { Ambient } from '../ambient.ts'
import type { App } from '../apps/app.ts'
import { type Feed, feedSecretOf } from '../connections/feed.ts'
import type { ConnectionPorts } from '../connections/ports.ts'
import { ServiceError } from '../errors.ts'
import { untilUnchanged } from '../repeat.ts'
import type { Secret } from '../secret.ts'
import type { VaultPorts } from '../vault/ports.ts'

/**
 * Keeps the secret that ClickFunnels signs with. It replaces the former one.
 * @throws ServiceError validation_failed if the app has no events URL yet
 */
export async function keepAppSecret(
  services: Pick<Ambient & ConnectionPorts & VaultPorts, 'now' | 'feeds' | 'vault'>,
  { tenantId, id: appId, ingestKey }: App,
  secret: Secret,
): Promise<void> {
  if (ingestKey === undefined)
    throw new ServiceError('validation_failed', 'Set "event_types" first. The app has no events URL yet.')
  const ref = { tenantId, owner: appId }
  await untilUnchanged(`The feed of "${appId}"`, async () => {
    const read = await services.feeds.get(ref)
    const serial = (read?.endpoint?.serial ?? 0) + 1
    const endpoint = { serial, secret: await services.vault.seal(feedSecretOf(ref, serial), secret) }
    const version = (read?.version ?? 0) + 1
    const feed: Feed = { ...ref, appId, ingestKey, since: services.now(), version, endpoint }
    const stored = read ? await services.feeds.save(read, feed) : await services.feeds.create(feed)
    return stored ? feed : undefined
  })
}
