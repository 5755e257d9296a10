// What the refresh benchmark works on: a tenant, some apps, and connections whose tokens the simulator issued.
import type { App } from '#domain/apps/app.ts'
import { createApp } from '#domain/apps/manage-apps.ts'
import { tokenOf } from '#domain/connections/connection.ts'
import type { EndUserId, WorkspaceId } from '#domain/ids.ts'
import { Secret } from '#domain/secret.ts'
import { createTenant } from '#domain/tenants/manage-tenants.ts'
import { epochSeconds, later } from '#domain/time.ts'
import type { Services } from '#runtime/all-services.ts'

const WORKSPACE = 20417
const PARALLEL = 32

interface Pair {
  readonly access_token: string
  readonly refresh_token: string
}

interface ControlAnswer {
  readonly client_id: string
  readonly client_secret: string
  readonly tokens: readonly Pair[]
}

async function control(url: string, path: string, body: object): Promise<ControlAnswer> {
  const response = await fetch(`${url}/_control/${path}`, { method: 'POST', body: JSON.stringify(body) })
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return (await response.json()) as ControlAnswer
}

/** Registers apps and stores so many connections, all of them due. */
export async function seed(services: Services, url: string, apps: number, count: number): Promise<App[]> {
  const tenant = await createTenant(services, { name: 'Bench', returnUrls: [], origins: [] })
  const made: App[] = []
  for (let number = 0; number < apps; number++) {
    const registered = await control(url, 'applications', { redirect_uris: [], tokens: 'rotating' })
    const app = await createApp(services, tenant.id, {
      name: `App ${number}`,
      clientId: registered.client_id,
      clientSecret: new Secret(registered.client_secret),
    })
    const { tokens } = await control(url, 'tokens', {
      client_id: registered.client_id,
      workspace_id: WORKSPACE,
      count: Math.ceil(count / apps),
    })
    await inParallel(tokens, (pair: Pair, place) => store(services, app, pair, `${number}-${place}`))
    made.push(app)
  }
  return made
}

async function store(services: Services, app: App, pair: Pair, endUser: string): Promise<void> {
  const now = services.now()
  const { tenantId } = app
  const id = services.newId('connection')
  const sealer = await services.vault.sealer(tenantId)
  await services.connections.create({
    id,
    tenantId,
    appId: app.id,
    endUser: { id: endUser as EndUserId },
    state: { status: 'active' },
    workspace: { id: String(WORKSPACE) as WorkspaceId, name: 'Acme', host: '127.0.0.2' },
    scopes: ['admin', 'read'],
    generation: 1,
    credential: {
      kind: 'refreshable',
      accessToken: sealer(tokenOf(tenantId, id, 1, 'access_token'), new Secret(pair.access_token)),
      refreshToken: sealer(tokenOf(tenantId, id, 1, 'refresh_token'), new Secret(pair.refresh_token)),
      issuedAt: now,
      expiresAt: later(now, 7200),
    },
    dueAt: epochSeconds(now - 1),
    consecutiveFailures: 0,
    createdAt: now,
    updatedAt: now,
  })
}

export async function inParallel<T>(
  items: readonly T[],
  run: (item: T, place: number) => Promise<unknown>,
): Promise<void> {
  const queue = items.entries()
  const worker = async () => {
    for (const [place, item] of queue) await run(item, place)
  }
  await Promise.all(Array.from({ length: PARALLEL }, worker))
}
