// An end user connects a workspace, or connects it again: the product's back end, the browser and ClickFunnels' consent.
import type { Stage } from './stage.ts'
import type { Account } from './template.ts'

export interface Wish {
  readonly endUser: string
  readonly returnUrl: string
  readonly connectionId?: string
}

/** The workspace of an end user. */
export const workspaceOf = (endUser: string) => `2041${endUser.at(-1)}`

/** @returns the connection's id, or nothing if a fault ended it before */
export async function connect(stage: Stage, account: Account, wish: Wish): Promise<string | undefined> {
  const { client, provider, chance } = stage
  const headers = { authorization: `Bearer ${account.apiKey}` }
  const started = await client.call({
    routeKey: 'POST /v1/connect-sessions',
    path: '/v1/connect-sessions',
    headers,
    body: {
      end_user: { id: wish.endUser },
      return_url: wish.returnUrl,
      ...(wish.connectionId && { connection_id: wish.connectionId }),
    },
  })
  if (started?.status !== 201) return undefined
  const { id, connect_url } = started.json
  const followed = await client.call({
    routeKey: 'GET /v1/authorize',
    path: '/v1/authorize',
    query: new URL(connect_url).search.slice(1),
  })
  const location = followed?.headers.location
  if (followed?.status !== 302 && followed?.status !== 303) return undefined
  if (location === undefined || !location.startsWith('https://accounts.')) return undefined
  const code = Buffer.from(chance.bytes(16)).toString('base64url')
  const back = provider.authorize(location, workspaceOf(wish.endUser), code)
  const returned = await client.call({
    routeKey: 'GET /v1/callback/{app_id}',
    path: back.pathname,
    parameters: { app_id: account.app },
    query: back.search.slice(1),
    cookies: followed.cookies.map((cookie) => cookie.split(';')[0] ?? ''),
  })
  const completionCode = new URL(returned?.headers.location ?? 'https://none').searchParams.get(
    'completion_code',
  )
  if (completionCode === null) return undefined
  const completed = await client.call({
    routeKey: 'POST /v1/connect-sessions/{id}/complete',
    path: `/v1/connect-sessions/${id}/complete`,
    parameters: { id },
    headers,
    body: { completion_code: completionCode, end_user: { id: wish.endUser } },
  })
  return completed?.status === 200 ? completed.json.id : undefined
}
