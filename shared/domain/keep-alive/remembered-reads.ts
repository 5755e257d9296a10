// What a run of keep-alive remembers of tenants and apps: a refresh reads both, and a run refreshes many connections of few
// apps. An app or tenant is read again after 5 s, and an app after each write of this run.
//
// What is remembered may be older than what is stored. It decides only what may wait: a suspension stops the refreshes of a run
// that is under way within 5 s, and the trouble of an app that another process notes is seen 5 s later. What is written
// about an app depends on the app as it was read, so a write after an old read fails, and the app is read again. A verdict on a
// connection takes two refusals that are 60 s apart (tokens/verdict.ts), and counts those of other connections by then.
import type { Ambient } from '../ambient.ts'
import type { App, Apps } from '../apps/app.ts'
import type { AppStorePorts } from '../apps/ports.ts'
import { BoundedMap } from '../bounded-map.ts'
import type { AppId, TenantId } from '../ids.ts'
import type { TenantReader } from '../tenants/ports.ts'
import type { Tenant } from '../tenants/tenant.ts'
import { type EpochSeconds, later } from '../time.ts'

/** docs/operate.md promises it for the kill switches. */
export const REMEMBERED_SECONDS = 5
const MAX_ENTRIES = 2000

/** The same ports, which remember what they read. A run makes its own, so that nothing outlives it. */
export function withRememberedReads<P extends Pick<Ambient, 'now'> & AppStorePorts & TenantReader>(
  services: P,
): P {
  const ofApps = new Reads<App>(services.now)
  const ofTenants = new Reads<Tenant>(services.now)
  const { apps, tenants } = services
  const keyOf = (tenant: TenantId, id: AppId) => `${tenant}/${id}`
  const changed = async (app: App, write: Promise<boolean>) => {
    try {
      return await write
    } finally {
      ofApps.forget(keyOf(app.tenantId, app.id))
    }
  }
  const remembered: Apps = {
    get: (tenant, id) => ofApps.recall(keyOf(tenant, id), () => apps.get(tenant, id)),
    setHealth: (read, health) => changed(read, apps.setHealth(read, health)),
    replace: (app, read) => changed(read, apps.replace(app, read)),
    remove: (read, since) => changed(read, apps.remove(read, since)),
    create: (app) => apps.create(app),
    list: (tenant) => apps.list(tenant),
  }
  const get = (id: TenantId) => ofTenants.recall(id, () => tenants.get(id))
  return { ...services, apps: remembered, tenants: { get } }
}

interface Read<T> {
  readonly at: EpochSeconds
  readonly found: Promise<T | undefined>
}

class Reads<T> {
  readonly #now: Ambient['now']
  readonly #reads = new BoundedMap<string, Read<T>>(MAX_ENTRIES)

  constructor(now: Ambient['now']) {
    this.#now = now
  }

  /** What was read in the last seconds, or is being read, or else what `read` finds. */
  recall(key: string, read: () => Promise<T | undefined>): Promise<T | undefined> {
    const at = this.#now()
    const known = this.#reads.get(key)
    if (known !== undefined && at < later(known.at, REMEMBERED_SECONDS)) return known.found
    const found = read()
    const entry = { at, found }
    this.#reads.set(key, entry)
    // A read that failed says nothing.
    found.catch(() => this.#reads.get(key) === entry && this.#reads.delete(key))
    return found
  }

  forget(key: string): void {
    this.#reads.delete(key)
  }
}
