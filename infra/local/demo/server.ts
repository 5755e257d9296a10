// The demo product's back end: one page and five actions. Each action is one call of Funnel Connect and a redirect.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { type LoopbackServer, listenOnLoopback, readBody } from '../loopback-server.ts'
import { type Connection, type EndUser, FunnelConnect, Problem } from './funnel-connect.ts'
import { Logins, USERS } from './logins.ts'
import { noticeFor } from './notices.ts'
import { renderPage } from './page.ts'

export interface Demo extends LoopbackServer {
  /** Tells the product its credentials; it is started first, because its URL belongs to them. */
  signUp(tenant: { readonly apiKey: string; readonly app?: { readonly id: string } }): void
}

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly url: URL
  readonly user: EndUser
  readonly funnelConnect: FunnelConnect
}

const MAX_FORM_BYTES = 4096

export interface DemoOptions {
  readonly port: number
  readonly apiUrl: string
  /** Where logins are kept between runs, if they are. */
  readonly dataDir?: string | undefined
}

export async function startDemo(options: DemoOptions): Promise<Demo> {
  const { dataDir } = options
  const logins = new Logins(dataDir === undefined ? undefined : join(dataDir, 'demo-logins.json'))
  let funnelConnect: FunnelConnect | undefined
  const server = await listenOnLoopback(options.port, async (request, response) => {
    const url = new URL(request.url ?? '/', server.url)
    if (!funnelConnect) return void response.writeHead(503, { 'retry-after': '1' }).end('Starting')
    const user = logins.userOf(request, response)
    try {
      await act({ request, response, url, user, funnelConnect }, logins)
    } catch (error) {
      redirect(response, `/?${new URLSearchParams({ notice: codeOf(error) })}`)
    }
  })
  return {
    ...server,
    signUp: ({ apiKey, app }) => {
      funnelConnect = new FunnelConnect({ url: options.apiUrl, apiKey, ...(app && { appId: app.id }) })
    },
  }
}

async function act(exchange: Exchange, logins: Logins): Promise<void> {
  const { request, response, url, user, funnelConnect } = exchange
  switch (`${request.method} ${url.pathname}`) {
    case 'GET /':
      return showPage(exchange)
    case 'POST /connect': {
      const lost = await funnelConnect.findConnection(user)
      return redirect(response, await funnelConnect.startConnect(user, `${url.origin}/connected`, lost?.id))
    }
    case 'GET /connected':
      return comeBack(exchange)
    case 'POST /disconnect': {
      const connection = await funnelConnect.findConnection(user)
      if (connection) await funnelConnect.disconnect(connection.id)
      return redirect(response, '/?notice=disconnected')
    }
    case 'POST /login': {
      const form = new URLSearchParams(String(await readBody(request, MAX_FORM_BYTES)))
      logins.logIn(form.get('user') ?? '', response)
      return redirect(response, '/')
    }
    default:
      response.writeHead(404, { 'content-type': 'text/plain' }).end('There is no such page. Go to /.')
  }
}

/** ClickFunnels, and then Funnel Connect, led the browser back: `?connect_session=…&status=…&error=…`. */
async function comeBack({ response, url, user, funnelConnect }: Exchange): Promise<void> {
  const status = url.searchParams.get('status') ?? 'failed'
  if (status === 'awaiting_completion') {
    await funnelConnect.complete(url.searchParams.get('connect_session') ?? '', user)
    return redirect(response, '/?notice=connected')
  }
  redirect(response, `/?${new URLSearchParams({ notice: url.searchParams.get('error') ?? status })}`)
}

async function showPage({ response, url, user, funnelConnect }: Exchange): Promise<void> {
  const code = url.searchParams.get('notice')
  const page = {
    user,
    otherUsers: USERS.filter(({ id }) => id !== user.id),
    notice: code ? noticeFor(code) : undefined,
  }
  let connection: Connection | undefined
  try {
    connection = await funnelConnect.findConnection(user)
    const listing =
      connection?.status === 'active' ? await funnelConnect.listFunnels(connection.id) : undefined
    sendPage(response, renderPage({ ...page, connection, listing }))
  } catch (error) {
    // The service knew of a lost access only once we asked for funnels.
    if (connection && codeOf(error) === 'reauthorization_required') {
      connection = { ...connection, status: 'reauthorization_required' }
    }
    sendPage(response, renderPage({ ...page, connection, notice: noticeFor(codeOf(error)) }))
  }
}

function sendPage(response: ServerResponse, html: string): void {
  response.writeHead(200, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy':
      "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; frame-ancestors 'none'",
  })
  response.end(html)
}

function redirect(response: ServerResponse, location: string): void {
  response.writeHead(303, { location }).end()
}

function codeOf(error: unknown): string {
  return error instanceof Problem ? error.code : 'upstream_unreachable'
}
