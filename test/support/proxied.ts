// The proxy from end to end in this process: API Gateway's bridge, the real handler and HTTP client, fake stores, and an
// upstream that writes down what reaches it and answers what a test says. Far quicker than a whole stack.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { ClickFunnelsApi } from '#adapters/clickfunnels/api.ts'
import { providerProfile } from '#adapters/clickfunnels/profiles.ts'
import { SCOPES } from '#domain/callers/caller.ts'
import { issueApiKey } from '#domain/callers/manage-api-keys.ts'
import type { Connection } from '#domain/connections/connection.ts'
import { ROUTES } from '#http/routes.ts'
import type { Services } from '#runtime/all-services.ts'
import { proxy } from '../../functions/proxy.ts'
import { openBridge } from '../../infra/local/api-gateway/bridge.ts'
import { openScene, type Scene } from '../fakes/scene.ts'
import { ACME } from '../fakes/tokens.ts'
import { CONTEXT } from '../http/events.ts'
import { type RawRequest, sendRaw } from './raw-request.ts'

/** What Lambda takes and gives at the most. */
const MAX_PAYLOAD_BYTES = 6 * 1024 * 1024

export interface Arrived {
  readonly method: string
  readonly target: string
  /** Name, value, name, value, … as they came. */
  readonly headers: readonly string[]
  readonly body: Buffer
}

export type Respond = (response: ServerResponse, request: Arrived & { readonly token: string }) => void

export interface Upstream {
  readonly url: string
  readonly host: string
  readonly requests: Arrived[]
  respond: Respond
  close(): Promise<void>
}

export async function startUpstream(): Promise<Upstream> {
  const server = createServer({ maxHeaderSize: 64 * 1024 }, async (incoming, response) => {
    const arrived = await read(incoming)
    upstream.requests.push(arrived)
    upstream.respond(response, { ...arrived, token: incoming.headers.authorization?.slice(7) ?? '' })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const upstream: Upstream = {
    url: `http://${host}`,
    host,
    requests: [],
    respond: (response) => response.end('{}'),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return upstream
}

async function read(incoming: IncomingMessage): Promise<Arrived> {
  const { method = '', url = '', rawHeaders } = incoming
  return { method, target: url, headers: rawHeaders, body: await buffer(incoming) }
}

export interface Proxied {
  readonly scene: Scene
  readonly connection: Connection
  readonly upstream: Upstream
  /** Where API Gateway listens. */
  readonly url: string
  readonly apiKey: string
  /** Sends a request through the proxy, byte for byte. @param path what follows `/proxy/` */
  send(path: string, request?: Omit<RawRequest, 'target'>): ReturnType<typeof sendRaw>
  close(): Promise<void>
}

export async function openProxied(
  mode: 'rotating' | 'strict' | 'non_expiring' = 'rotating',
  overrides: Partial<Services> = {},
): Promise<Proxied> {
  const upstream = await startUpstream()
  const provider = providerProfile({
    CLICKFUNNELS_PROFILE: 'custom',
    CLICKFUNNELS_ACCOUNTS_URL: upstream.url,
    CLICKFUNNELS_API_URL: '',
    CLICKFUNNELS_WORKSPACE_HOSTS: upstream.host,
  })
  const scene = await openScene({ provider, resourceServer: new ClickFunnelsApi(provider), ...overrides })
  scene.services.clickfunnels.tokens.mode = mode
  const connection = await scene.connect({}, { ...ACME, host: upstream.host })
  const { key } = await issueApiKey(scene.services, scene.caller.tenant.id, {
    name: 'test',
    scopes: SCOPES,
  })
  const handler = proxy(scene.services)
  const bridge = await openBridge(0)
  const routes = Object.entries(ROUTES)
    .filter(([, route]) => route.function === 'proxy')
    .map(([routeKey]) => ({ routeKey, authorization: 'NONE', function: 'proxy' }) as const)
  // As Lambda does it: events and answers as JSON, of a size.
  const invoke = async (_: string, event: unknown) =>
    JSON.parse(limited(JSON.stringify(await handler(JSON.parse(limited(JSON.stringify(event))), CONTEXT))))
  bridge.serve({ routes, invoke })
  return {
    scene,
    connection,
    upstream,
    url: bridge.url,
    apiKey: key.reveal(),
    send: (path, { headers = [], ...rest } = {}) =>
      sendRaw(bridge.url, {
        target: `/v1/connections/${connection.id}/proxy/${path}`,
        headers: ['authorization', `Bearer ${key.reveal()}`, ...headers],
        ...rest,
      }),
    close: async () => {
      await bridge.close()
      await upstream.close()
    },
  }
}

function limited(payload: string): string {
  if (Buffer.byteLength(payload) > MAX_PAYLOAD_BYTES) throw new Error('More than Lambda carries')
  return payload
}
