// An app's client secrets: the one that worked last first, then the others, so that during a rotation at ClickFunnels
// either one works.

import type { ClientCredentials } from '../provider/authorization-server.ts'
import type { VaultPorts } from '../vault/ports.ts'
import type { App } from './app.ts'
import { firstSerial } from './app-health.ts'

/** Where a client secret is sealed to. */
export function clientSecretOf({ tenantId, id }: Pick<App, 'tenantId' | 'id'>, serial: number) {
  return { tenantId, record: id, generation: serial, field: 'client_secret' } as const
}

/**
 * Makes a request to the authorization server with one client secret after the other, for as long as the server refuses
 * the client.
 * @param refused tells whether the answer was about the client
 * @param mayGoOn says whether there is time for another request
 * @returns the last answer, and the serial of the client secret it was given to
 */
export async function withClientCredentials<Answer>(
  services: Pick<VaultPorts, 'vault'>,
  app: App,
  request: (client: ClientCredentials) => Promise<Answer>,
  refused: (answer: Answer) => boolean,
  mayGoOn: () => boolean = () => true,
): Promise<{ readonly answer: Answer; readonly serial: number }> {
  const { clientSecrets } = app
  const working = firstSerial(app)
  const [first, ...others] = [
    ...clientSecrets.filter(({ serial }) => serial === working),
    ...clientSecrets.filter(({ serial }) => serial !== working),
  ]
  if (first === undefined) throw new Error(`The app "${app.id}" has no client secret`)
  const attempt = async ({ serial, sealed }: typeof first) => {
    const clientSecret = await services.vault.open(clientSecretOf(app, serial), sealed)
    return { answer: await request({ clientId: app.clientId, clientSecret }), serial }
  }
  let asked = await attempt(first)
  for (const secret of others) {
    if (!refused(asked.answer) || !mayGoOn()) break
    asked = await attempt(secret)
  }
  return asked
}
