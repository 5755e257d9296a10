// The HTTP servers of the ClickFunnels simulator, for `npm start` and the tests. ClickFunnels has one accounts host and a
// host per workspace; here they are loopback addresses with the same port.
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
import { ProviderState } from './provider-state.ts'
import { revocationReply, tokenReply } from './token-endpoint.ts'

export interface SimulatorOptions {
  /** 0 takes a port that is free on all addresses. */
  readonly port: number
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

const ACCOUNTS_ADDRESS = '127.0.0.1'
const FREE_PORT_ATTEMPTS = 20

/** Starts the simulator. A taken port rejects with Node's own error (`code: 'EADDRINUSE'`, `port`). */
export async function startClickFunnels(options: SimulatorOptions): Promise<Simulator> {
  const workspaceAddresses = WORKSPACES.map((_, place) => `127.0.0.${place + 2}`)
  // The accounts host last, so that the others are ready once it answers.
  const addresses = [...workspaceAddresses, ACCOUNTS_ADDRESS]
  const { servers, port } = await listenOnAll(addresses, options.port)
  const journal = new Journal(options.stateFile)
  const origins = addresses.map((address) => `http://${address}:${port}`)
  const accountsOrigin = `http://${ACCOUNTS_ADDRESS}:${port}`
  const state = new ProviderState(options.now ?? Date.now, accountsOrigin, origins.slice(0, -1), journal)
  servers.forEach((server, place) => {
    const origin = origins[place] as string
    server.on('request', (incoming, response) => void answer(state, origin, incoming, response))
  })
  return {
    url: accountsOrigin,
    workspaceHosts: workspaceAddresses.map((address) => `${address}:${port}`),
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

async function listenOnAll(
  addresses: readonly string[],
  port: number,
): Promise<{ readonly servers: readonly Server[]; readonly port: number }> {
  for (let attempt = 1; ; attempt += 1) {
    const servers: Server[] = []
    try {
      let chosen = port
      for (const address of addresses) {
        const server = createServer()
        servers.push(server)
        server.listen(chosen, address)
        await once(server, 'listening')
        chosen = (server.address() as AddressInfo).port
      }
      return { servers, port: chosen }
    } catch (error) {
      await closeAll(servers)
      // A port that is free on the first address may be in use on the next one. Then another port is tried.
      const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
      if (port !== 0 || !taken || attempt === FREE_PORT_ATTEMPTS) throw error
    }
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
