// The sockets to ClickFunnels. A kept socket belongs to one connection: a late or surplus answer on it can never become the
// answer to another connection's call (RFC 9112 section 9.3.2). TLS sessions are shared, so that a new socket costs a short
// handshake (RFC 8446 section 2.2). Requests that belong to no connection get a socket of their own, which is closed.
import type { Agent, ClientRequest, RequestOptions } from 'node:http'
import type { AgentOptions, RequestOptions as TlsRequestOptions } from 'node:https'
import type { Socket } from 'node:net'
import type { ConnectionOptions, TLSSocket } from 'node:tls'
import { BoundedMap } from '#domain/bounded-map.ts'
import { type Moment, secondsSince, thisMoment } from '../moment.ts'

// A static import of node:http makes Node load its undici and http2 as well: 40 ms of start-up.
const http = process.getBuiltinModule('node:http')
const https = process.getBuiltinModule('node:https')

/** A Lambda process has 1,024 file descriptors, and each pool may keep a socket or more. */
export const MAX_POOLS = 500
const MAX_KEPT_SECONDS = 60
/** The other side begins to count before we do. */
const MARGIN_SECONDS = 1
const TCP_KEEP_ALIVE_MILLISECONDS = 1_000

export interface Origin {
  readonly protocol: 'http:' | 'https:'
  /** Without the brackets that an IPv6 address has in a URL. */
  readonly hostname: string
  readonly port: number
  /** For the Host header: with the port where it is not the protocol's own. */
  readonly host: string
}

/** One connection's sockets to one origin, by the URL's origin and the connection's id; the oldest pool goes first. */
const pools = new BoundedMap<string, Agent>(MAX_POOLS, close)
const kept = new WeakMap<Socket, { readonly since: Moment; readonly seconds: number }>()
/** The last TLS session of each origin. */
const sessions = new BoundedMap<string, Buffer>(MAX_POOLS)

/** Each request on a socket of its own, which is closed after it. */
const unshared = { 'http:': new http.Agent(), 'https:': new https.Agent() }

/** The agent for a request. Without a connection, the socket is the request's own. */
export function agentFor(origin: Origin, connection: string | undefined): Agent {
  if (connection === undefined) return unshared[origin.protocol]
  const key = `${origin.protocol}${origin.host} ${connection}`
  const pool = pools.get(key)
  if (pool && !isStale(pool)) return pool
  if (pool) close(pool)
  const agent = newPool(origin)
  pools.set(key, agent)
  return agent
}

/** Closes what a connection keeps: one of its sockets turned out to be closed by the other side. */
export function forgetSockets(origin: Origin, connection: string): void {
  const key = `${origin.protocol}${origin.host} ${connection}`
  const pool = pools.get(key)
  if (pool) close(pool)
  pools.delete(key)
}

/** Notes for how long the other side keeps a socket (its `Keep-Alive` header), from now on. */
export function keepFor(socket: Socket, seconds: number): void {
  kept.set(socket, { since: thisMoment(), seconds: Math.min(seconds, MAX_KEPT_SECONDS) - MARGIN_SECONDS })
}

export function open(origin: Origin, options: RequestOptions): ClientRequest {
  if (origin.protocol === 'http:') return http.request(options)
  const session = sessions.get(origin.host)
  const tlsOptions: TlsRequestOptions & Pick<ConnectionOptions, 'session'> = session
    ? { ...options, session }
    : options
  const request = https.request(tlsOptions)
  request.once('socket', (socket) => {
    if (!request.reusedSocket) rememberSession(origin.host, socket as TLSSocket)
  })
  return request
}

function newPool({ protocol }: Origin): Agent {
  const options: AgentOptions = { keepAlive: true, maxCachedSessions: 0 }
  const agent = protocol === 'https:' ? new https.Agent(options) : new http.Agent(options)
  agent.keepSocketAlive = (duplex) => {
    const socket = duplex as Socket
    const seconds = kept.get(socket)?.seconds ?? 0
    if (seconds <= 0) return false
    socket.setKeepAlive(true, TCP_KEEP_ALIVE_MILLISECONDS)
    socket.unref()
    return true
  }
  return agent
}

/** Whether the socket that would be used next is over, by either clock: a frozen process sees only the one on the wall. */
function isStale(pool: Agent): boolean {
  for (const free of Object.values(pool.freeSockets)) {
    const next = free?.at(-1)
    const time = next && kept.get(next)
    if (next?.destroyed || (time && secondsSince(time.since) >= time.seconds)) return true
  }
  return false
}

/** Requests that are under way go on; their sockets are closed after them. */
function close(pool: Agent): void {
  pool.keepSocketAlive = () => false
  for (const free of Object.values(pool.freeSockets)) for (const socket of free ?? []) socket.destroy()
}

function rememberSession(host: string, socket: TLSSocket): void {
  socket.on('session', (session) => {
    sessions.set(host, session)
  })
  socket.once('error', () => sessions.delete(host))
}
