// An app's client secrets: opened in order, so that during a rotation at ClickFunnels either one works.
import type { ClientCredentials, Services } from './ports.ts'
import type { App, SealedClientSecret } from './tenant.ts'

/** Where a client secret is sealed to. */
export function clientSecretOf({ tenantId, id }: Pick<App, 'tenantId' | 'id'>, serial: number) {
  return { tenantId, record: id, generation: serial, field: 'client_secret' } as const
}

/**
 * Makes a request to the authorization server with the app's newest client secret, and with the older ones for as long
 * as the server refuses the client.
 * @param refused tells whether the answer was about the client
 */
export async function withClientCredentials<Answer>(
  services: Pick<Services, 'vault'>,
  app: App,
  request: (client: ClientCredentials) => Promise<Answer>,
  refused: (answer: Answer) => boolean,
): Promise<Answer> {
  const [newest, ...older] = app.clientSecrets
  if (newest === undefined) throw new Error(`The app "${app.id}" has no client secret`)
  const attempt = async ({ serial, sealed }: SealedClientSecret) => {
    const clientSecret = await services.vault.open(clientSecretOf(app, serial), sealed)
    return request({ clientId: app.clientId, clientSecret })
  }
  let answer = await attempt(newest)
  for (const secret of older) {
    if (!refused(answer)) break
    answer = await attempt(secret)
  }
  return answer
}
