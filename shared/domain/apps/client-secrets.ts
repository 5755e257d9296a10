// Presents an app's client secrets to ClickFunnels: first an untried one or the one that worked last, then the others. So
// requests succeed while the secret is being rotated at ClickFunnels.

import type { ClientCredentials } from '../provider/authorization-server.ts'
import type { Secret } from '../secret.ts'
import type { VaultPorts } from '../vault/ports.ts'
import type { App } from './app.ts'
import { firstSerial } from './app-health.ts'

/** What the seal of a client secret is bound to. */
export function clientSecretOf({ tenantId, id }: Pick<App, 'tenantId' | 'id'>, serial: number) {
  return { tenantId, record: id, generation: serial, field: 'client_secret' } as const
}

/** Client secrets in clear, by their serial. */
export type OpenedSecrets = ReadonlyMap<number, Secret>

/** Opens all client secrets of an app, for a request that must not depend on the vault any more. */
export async function openClientSecrets(
  { vault }: Pick<VaultPorts, 'vault'>,
  app: App,
): Promise<OpenedSecrets> {
  const opened = new Map<number, Secret>()
  for (const { serial, sealed } of app.clientSecrets) {
    opened.set(serial, await vault.open(clientSecretOf(app, serial), sealed))
  }
  return opened
}

/**
 * Makes a request to the authorization server with one client secret after the other, while the server refuses the client.
 * @param refused whether an answer refuses the client
 * @param mayGoOn whether there is time for another request
 * @param opened the client secrets, if they are open already
 * @returns the last answer, and the serial of the client secret it was given to
 */
export async function withClientCredentials<Answer>(
  services: Pick<VaultPorts, 'vault'>,
  app: App,
  request: (client: ClientCredentials) => Promise<Answer>,
  refused: (answer: Answer) => boolean,
  mayGoOn: () => boolean = () => true,
  opened: OpenedSecrets = new Map(),
): Promise<{ readonly answer: Answer; readonly serial: number }> {
  const { clientSecrets } = app
  const working = firstSerial(app)
  const [first, ...others] = [
    ...clientSecrets.filter(({ serial }) => serial === working),
    ...clientSecrets.filter(({ serial }) => serial !== working),
  ]
  if (first === undefined) throw new Error(`The app "${app.id}" has no client secret`)
  const attempt = async ({ serial, sealed }: typeof first) => {
    const clientSecret =
      opened.get(serial) ?? (await services.vault.open(clientSecretOf(app, serial), sealed))
    return { answer: await request({ clientId: app.clientId, clientSecret }), serial }
  }
  let asked = await attempt(first)
  for (const secret of others) {
    if (!refused(asked.answer) || !mayGoOn()) break
    asked = await attempt(secret)
  }
  return asked
}
