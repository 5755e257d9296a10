// The demo product's back end: its page, its login, and JWTs that say who is logged in. With such a JWT, the page calls
// Funnel Connect directly. Those calls do not pass through this server.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import type { DemoTenant } from '../demo-tenant.ts'
import {
  FOREIGN_PAGE,
  isFromForeignPage,
  type LoopbackServer,
  listenOnLoopback,
  readBody,
  refuse,
} from '../loopback-server.ts'
import { Developer } from './developer.ts'
import { Logins, USERS, type User } from './logins.ts'
import { bundleScript, contentSecurityPolicy, DOCUMENT } from './page.ts'
import { STYLE } from './style.ts'
import { Tokens } from './tokens.ts'

export interface Demo extends LoopbackServer {
  /** Sets the product's tenant and app at Funnel Connect. They come after the start, because they need the demo's URL. */
  signUp(tenant: Pick<DemoTenant, 'tenantId' | 'app'>): void
}

export interface DemoOptions {
  readonly port: number
  readonly apiUrl: string
  /** Without the simulator, the page has no strip for developers. */
  readonly simulatorUrl?: string | undefined
  /** The folder that keeps logins and the signing key between runs. Without it, they are in memory. */
  readonly dataDir?: string | undefined
}

const MAX_FORM_BYTES = 4096

export async function startDemo({ port, apiUrl, simulatorUrl, dataDir }: DemoOptions): Promise<Demo> {
  const kept = (name: string) => (dataDir === undefined ? undefined : join(dataDir, name))
  const logins = new Logins(kept('demo-logins.json'))
  const tokens = new Tokens(kept('demo-key.json'))
  const script = await bundleScript()
  const policy = contentSecurityPolicy(apiUrl)
  let tenantId = ''
  let appId: string | undefined
  let developer: Developer | undefined

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', server.url)
    // A form of another site must not log the browser in as another user.
    if (request.method === 'POST' && isFromForeignPage(request)) return refuse(response, FOREIGN_PAGE)
    const action = request.method === 'POST' ? /^\/developer\/([a-z-]+)$/.exec(pathname)?.[1] : undefined
    if (action !== undefined && (await developer?.act(action))) return void response.writeHead(204).end()
    const user = logins.userOf(request, response)
    switch (`${request.method} ${pathname}`) {
      case 'GET /':
      case 'GET /connected':
        response.setHeader('content-security-policy', policy)
        return send(response, 'text/html; charset=utf-8', DOCUMENT)
      case 'GET /app.js':
        return send(response, 'text/javascript; charset=utf-8', script)
      case 'GET /style.css':
        return send(response, 'text/css; charset=utf-8', STYLE)
      case 'GET /account':
        return send(response, 'application/json', account(user))
      case 'POST /token':
        return send(response, 'application/json', { token: tokens.issue(server.url, tenantId, user) })
      case 'GET /.well-known/jwks.json':
        return send(response, 'application/json', tokens.keySet())
      case 'POST /login': {
        const form = new URLSearchParams(String(await readBody(request, MAX_FORM_BYTES)))
        logins.logIn(form.get('user') ?? '', response)
        return void response.writeHead(204).end()
      }
      default:
        response.writeHead(404, { 'content-type': 'text/plain' }).end('There is no such page. Go to /.')
    }
  }

  const account = (user: User) => ({
    user,
    others: USERS.filter(({ id }) => id !== user.id),
    funnel_connect_url: apiUrl,
    ...(appId !== undefined && { app_id: appId }),
    simulated: developer !== undefined,
  })

  const server = await listenOnLoopback(port, answer)
  return {
    ...server,
    signUp: (tenant) => {
      tenantId = tenant.tenantId
      appId = tenant.app?.id
      if (simulatorUrl !== undefined && tenant.app !== undefined)
        developer = new Developer(simulatorUrl, tenant.app.clientId)
    },
  }
}

function send(response: ServerResponse, type: string, body: string | object): void {
  response.writeHead(200, {
    'content-type': type,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  })
  response.end(typeof body === 'string' ? body : JSON.stringify(body))
}
