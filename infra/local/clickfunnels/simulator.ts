// The HTTP servers of the ClickFunnels simulator, for `npm start` and the tests. ClickFunnels has one accounts host and a
// host per workspace; here they are ports of 127.0.0.1, which is the only loopback address that macOS has.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Journal } from '../journal.ts'
import { FOREIGN_PAGE, isForThisServer, isFromForeignPage, MISDIRECTED, refuse } from '../loopback-server.ts'
import { apiReply } from './api.ts'
import { authorizationReply, decisionReply, discoveryDocument } from './authorization-server.ts'
import { errorPage } from './consent-page.ts'
import { controlReply } from './control.ts'
import { WORKSPACES } from './data.ts'
import { blockedByEdge } from './edge.ts'
import { applyFault } from './faults.ts'
import { html, json, type Reply, readRequest, type SimulatorRequest, sendReply } from './http.ts'
import { loginReply } from './login.ts'
import { ProviderState } from './provider-state.ts'
import { revocationReply, tokenReply } from './token-endpoint.ts'

export interface SimulatorOptions {
  /** Of the accounts host; 0 takes any free port. */
  readonly port: number
  /** Of the first workspace; the others take the ports after it. Any free ports when 0 or absent. */
  readonly workspacePort?: number
  /** Epoch milliseconds; `Date.now` when absent. */
  readonly now?: () => number
  /** Keeps applications, codes, tokens and records between runs. Without it, they are in memory. */
  readonly stateFile?: string
}

export interface Simulator {
  /** The accounts origin. */
  readonly url: string
  /** host:port of each workspace origin, for an allow-list of `workspace_url`. */
  readonly workspaceHosts: readonly string[]
  close(): Promise<void>
}

const ADDRESS = '127.0.0.1'

/** Starts the simulator. A taken port rejects with Node's own error (`code: 'EADDRINUSE'`, `port`). */
export async function startClickFunnels(options: SimulatorOptions): Promise<Simulator> {
  const { port, workspacePort = 0 } = options
  const workspacePorts = WORKSPACES.map((_, place) => workspacePort && workspacePort + place)
  // The accounts host last, so that the others are ready once it answers.
  const servers = await listenOn([...workspacePorts, port])
  const journal = new Journal(options.stateFile)
  const origins = servers.map((server) => `http://${ADDRESS}:${(server.address() as AddressInfo).port}`)
  const accountsOrigin = origins.at(-1) as string
  const workspaceOrigins = origins.slice(0, -1)
  const state = new ProviderState(options.now ?? Date.now, accountsOrigin, workspaceOrigins, journal)
  servers.forEach((server, place) => {
    const origin = origins[place] as string
    server.on('request', (incoming, response) => void answer(state, origin, incoming, response))
  })
  return {
    url: accountsOrigin,
    workspaceHosts: workspaceOrigins.map((origin) => new URL(origin).host),
    close: async () => {
      state.waiting.abort()
      await closeAll(servers)
      journal.close()
    },
  }
}

async function answer(
  state: ProviderState,
  origin: string,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (!isForThisServer(incoming)) return refuse(response, MISDIRECTED)
  try {
    const request = await readRequest(incoming, origin)
    if (isControl(state, request) && isFromForeignPage(incoming)) return refuse(response, FOREIGN_PAGE)
    const reply = isControl(state, request)
      ? kept(state, () => controlReply(state, request))
      : await provide(state, request)
    if (reply === undefined) incoming.socket.destroy()
    else sendReply(response, reply)
  } catch (error) {
    // The client has closed the connection, so there is no one to answer.
    if (incoming.socket.destroyed) return
    console.error('ClickFunnels simulator:', error)
    if (response.headersSent) incoming.socket.destroy()
    else sendReply(response, json(500, { error: 'The simulator failed. See its output.' }))
  }
}

async function provide(state: ProviderState, request: SimulatorRequest): Promise<Reply | undefined> {
  state.requests.record(request, state.now())
  const fault = state.faults.take(request)
  const work = () => kept(state, () => route(state, request))
  return fault === undefined ? work() : applyFault(fault, request, work, state.waiting.signal)
}

/** Writes what a request changed to the journal before its answer is sent or lost. */
function kept(state: ProviderState, work: () => Reply): Reply {
  const reply = work()
  state.journal.commit()
  return reply
}

function route(state: ProviderState, request: SimulatorRequest): Reply {
  const blocked = blockedByEdge(request)
  if (blocked !== undefined) return blocked
  if (request.pathname.startsWith('/api/v2/')) return apiReply(state, request)
  if (request.origin === state.accountsOrigin) {
    switch (`${request.method} ${request.pathname}`) {
      case 'GET /.well-known/oauth-authorization-server':
        return discoveryDocument(state)
      case 'GET /oauth/authorize':
        return authorizationReply(state, request)
      case 'POST /oauth/authorize':
        return decisionReply(state, request)
      case 'POST /oauth/login':
        return loginReply(request)
      case 'POST /oauth/token':
        return tokenReply(state, request)
      case 'POST /oauth/revoke':
        return revocationReply(state, request)
    }
  }
  return html(404, errorPage('not_found', "The page you were looking for doesn't exist."))
}

function isControl(state: ProviderState, request: SimulatorRequest): boolean {
  return request.origin === state.accountsOrigin && request.pathname.startsWith('/_control/')
}

async function listenOn(ports: readonly number[]): Promise<readonly Server[]> {
  const servers: Server[] = []
  try {
    for (const port of ports) {
      const server = createServer()
      servers.push(server)
      server.listen(port, ADDRESS)
      await once(server, 'listening')
    }
    return servers
  } catch (error) {
    await closeAll(servers)
    throw error
  }
}

async function closeAll(servers: readonly Server[]): Promise<void> {
  await Promise.all(
    servers.map((server) => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      return closed
    }),
  )
}
