// The pages of an identity provider that a person sees: who logs in (nobody has a password), and whether the client may
// know. The consent page is one that nobody can refuse.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import type Provider from 'oidc-provider'

/** Where the provider sends the browser when it needs a person. */
export const INTERACTION = '/interaction/'

/** Answers a request below that path. */
export async function interact(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { prompt, params, session } = await provider.interactionDetails(request, response)
  if (request.method !== 'POST') {
    const field = prompt.name === 'login' ? '<input name="login" required>' : ''
    response.setHeader('content-type', 'text/html; charset=utf-8')
    response.end(
      `<!DOCTYPE html><title>${prompt.name}</title><form method="post">${field}<button>Go on</button>`,
    )
    return
  }
  if (prompt.name === 'login') {
    const login = new URLSearchParams(await text(request)).get('login') ?? ''
    return provider.interactionFinished(request, response, { login: { accountId: login } })
  }
  const grant = new provider.Grant({
    ...(session?.accountId !== undefined && { accountId: session.accountId }),
    clientId: String(params.client_id),
  })
  grant.addOIDCScope(String(params.scope))
  return provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } })
}
