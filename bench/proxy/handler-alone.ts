// What our own code costs in a warm proxied request: the real handler and stack, with stores that are in memory and an
// upstream that answers at once. Measured in this process, since it is about CPU alone.
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda'
import { newApiKey } from '#domain/callers/api-key-form.ts'
import { SCOPES } from '#domain/callers/caller.ts'
import type { Connection } from '#domain/connections/connection.ts'
import { Pacer } from '#domain/connections/pace.ts'
import { sha256 } from '#domain/hash.ts'
import { idMinter } from '#domain/ids.ts'
import { Breaker } from '#domain/proxy/breaker.ts'
import { proxyCall } from '#domain/proxy/proxy.ts'
import { Secret } from '#domain/secret.ts'
import { RateLimiter } from '#domain/tenants/rate-limiter.ts'
import type { Tenant } from '#domain/tenants/tenant.ts'
import { deadlineIn, epochSeconds } from '#domain/time.ts'
import { TokenMemory } from '#domain/tokens/token-memory.ts'
import { authentication } from '#http/credentials/authenticate.ts'
import { toResult } from '#http/message/answer.ts'
import { toApiRequest } from '#http/message/request.ts'
import { toProxyRequest, upstreamAnswer } from '#http/proxied.ts'
import type { ProxyServices } from '#runtime/proxy-services.ts'
import { proxy } from '../../functions/proxy.ts'

const WARM_UP = 5_000
const CALLS = 20_000
const ROUNDS = 5

export interface Part {
  readonly part: string
  readonly microseconds: number
}

/** The median of some rounds, in microseconds of CPU time a call: what else the machine does is not in it. */
async function microseconds(call: () => unknown): Promise<number> {
  for (let i = 0; i < WARM_UP; i++) await call()
  const rounds: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage()
    for (let i = 0; i < CALLS; i++) await call()
    const { user, system } = process.cpuUsage(before)
    rounds.push((user + system) / CALLS)
  }
  return rounds.toSorted((one, other) => one - other)[Math.floor(ROUNDS / 2)] ?? Number.NaN
}

export async function handlerAlone(): Promise<Part[]> {
  const now = epochSeconds(1_800_000_000)
  const newId = idMinter(Date.now, (size) => new Uint8Array(size))
  const key = newApiKey((size) => new Uint8Array(size).fill(7), 'live')
  const times = { createdAt: now, updatedAt: now }
  const id = newId('tenant')
  const tenant: Tenant = { id, name: 'Bench', status: 'active', returnUrls: [], origins: [], ...times }
  const connection = {
    id: newId('connection'),
    tenantId: tenant.id,
    workspace: { id: '20417', host: 'acme.myclickfunnels.com' },
    generation: 1,
    credential: { kind: 'non_expiring' },
    state: { status: 'active' },
    ...times,
  } as unknown as Connection
  const tokenMemory = new TokenMemory()
  tokenMemory.remember({ connection, accessToken: new Secret('token') }, now)
  const answer = {
    status: 200,
    headers: [
      ['content-type', 'application/json; charset=utf-8'],
      ['pagination-next', '1019'],
      ['link', '<https://acme.myclickfunnels.com/api/v2/workspaces/20417/funnels?after=1019>; rel="next"'],
    ] as const,
    body: Buffer.from(JSON.stringify(Array.from({ length: 20 }, (_, i) => ({ id: i, name: `Funnel ${i}` })))),
  }
  const silent = () => {}
  const log = { info: silent, warn: silent, error: silent }
  const services = {
    now: () => now,
    stopwatch: () => 0,
    publicUrl: 'https://connect.example.com',
    provider: {
      accountsApi: 'https://accounts.myclickfunnels.com/api/v2',
      workspaceHosts: ['*.myclickfunnels.com'],
      funnelsPath: 'workspaces/{workspace_id}/funnels',
    },
    apiKeys: {
      findUsed: async () => ({ id: 'key', tenantId: tenant.id, scopes: SCOPES }),
    },
    tenants: { get: async () => tenant },
    resourceServer: { call: async () => answer },
    tokenMemory,
    pacer: new Pacer(),
    rateLimiter: new RateLimiter({} as never, {}),
    breaker: new Breaker({ now: () => now } as never),
    log,
  } as unknown as ProxyServices
  const event = {
    version: '2.0',
    routeKey: 'GET /v1/connections/{id}/funnels',
    rawPath: `/v1/connections/${connection.id}/funnels`,
    rawQueryString: 'sort_order=desc',
    headers: {
      accept: '*/*',
      authorization: `Bearer ${key}`,
      host: 'connect.example.com',
      'user-agent': 'bench',
      'x-amzn-trace-id': 'Root=1-1',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
    },
    pathParameters: { id: connection.id },
    requestContext: { requestId: 'bench', http: { method: 'GET' } },
    isBase64Encoded: false,
  } as unknown as APIGatewayProxyEventV2
  const handler = proxy(services)
  const context = { getRemainingTimeInMillis: () => 29_000 } as Context
  const served = await handler(event, context)
  if (served.statusCode !== 200) throw new Error(`The handler answered ${served.statusCode}: ${served.body}`)

  const { authenticate } = authentication(services)
  const request = toApiRequest(event, deadlineIn(now))
  const caller = await authenticate(event.headers.authorization)
  const call = toProxyRequest(request, connection.id)
  const parts: [string, () => unknown][] = [
    ['the whole handler', () => handler(event, context)],
    ['  event → request', () => toApiRequest(event, deadlineIn(now))],
    ['  credential: SHA-256 and checksum, cached caller', () => authenticate(event.headers.authorization)],
    ['    of it SHA-256', () => sha256(key)],
    ['  the call: token, target, headers', () => proxyCall(services, caller, call)],
    ['  answer → result', () => toResult(upstreamAnswer(answer))],
  ]
  const measured: Part[] = []
  for (const [part, work] of parts) measured.push({ part, microseconds: await microseconds(work) })
  return measured
}
