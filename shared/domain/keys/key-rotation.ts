// The background rotation of keys: root keys and tenants' keys that are old get a successor, keys under old root keys are
// wrapped anew, what old tenant keys sealed is sealed anew, and a key that nothing can name any more is deleted.
//
//   in use ─▶ followed ─(settled, everything sealed anew, a look finds nothing)─▶ retired ─(a last look)─▶ deleted
//
// Every step looks at what is stored and may be repeated: a run that is cut off is gone on with by the next one.
import type { Ambient } from '../ambient.ts'
import type { AuditPorts } from '../audit/ports.ts'
import type { TenantId } from '../ids.ts'
import type { OperatorPorts } from '../operator/ports.ts'
import { erase } from '../operator/tenant-deletion.ts'
import type { TenancyPorts } from '../tenants/ports.ts'
import { DAY_SECONDS, later } from '../time.ts'
import { KEY_CACHE_SECONDS, type KeyRing, type TenantKeyVersion } from '../vault/key-ring.ts'
import type { VaultPorts } from '../vault/ports.ts'
import type { KeyPorts } from './ports.ts'
import { type LookReport, lookThrough } from './reseal-look.ts'
import type { Look } from './sealed-records.ts'

export const TENANT_KEY_DAYS = 180
export const ROOT_KEY_DAYS = 365
/**
 * After so long nobody seals with the version before any more (a cache, and a sealer in hand), and what it sealed has come
 * back from its way through a browser, or has expired: five minutes each beyond the cache and beyond the state.
 */
export const SETTLING_SECONDS = KEY_CACHE_SECONDS + 10 * 60 + 2 * 5 * 60
/** A rotation may wait in the recovery queue for 14 days, and for as long again once people have sent it back. */
export const RETIREMENT_DAYS = 30
const TENANTS_AT_ONCE = 100

type Ports = Pick<
  Ambient & TenancyPorts & OperatorPorts & VaultPorts & KeyPorts & AuditPorts,
  | 'now'
  | 'tenants'
  | 'tenantRemains'
  | 'tenantKeys'
  | 'rootKeys'
  | 'sealedRecords'
  | 'rotationProgress'
  | 'vault'
  | 'audit'
  | 'log'
>

/** How many of what were done. */
export type RotationReport = LookReport &
  Record<'tenants' | 'rotated' | 'rewrapped' | 'retired' | 'removed' | 'failed' | 'unfinished', number>

/** Looks after the keys of every tenant, until all are done or `mayGoOn` says to stop. */
export async function rotateKeys(services: Ports, mayGoOn: () => boolean): Promise<RotationReport> {
  const run = new Run(services, mayGoOn)
  await run.rotateRootKeys()
  await run.visitTenants()
  services.log.info('Keys were looked after', run.report)
  return run.report
}

class Run {
  readonly report: RotationReport = {
    tenants: 0,
    rotated: 0,
    rewrapped: 0,
    resealed: 0,
    overtaken: 0,
    unreadable: 0,
    retired: 0,
    removed: 0,
    failed: 0,
    unfinished: 0,
  }
  readonly #services: Ports
  readonly #mayGoOn: () => boolean
  #rootKeyVersion = 1

  constructor(services: Ports, mayGoOn: () => boolean) {
    this.#services = services
    this.#mayGoOn = mayGoOn
  }

  async rotateRootKeys(): Promise<void> {
    const { rootKeys, log } = this.#services
    const { version, createdAt } = await rootKeys.current()
    this.#rootKeyVersion = this.#isOlder(createdAt, ROOT_KEY_DAYS) ? await rootKeys.rotate() : version
    if (this.#rootKeyVersion !== version)
      log.info('Root keys were rotated', { version: this.#rootKeyVersion })
  }

  async visitTenants(): Promise<void> {
    const { rotationProgress, log } = this.#services
    const progress = await rotationProgress.read()
    for await (const tenantId of this.#tenantsFrom(progress?.tenantId)) {
      const look = tenantId === progress?.tenantId ? progress.look : undefined
      const left = this.#mayGoOn() ? await this.#visit(tenantId, look) : { look }
      if (left === undefined) continue
      this.report.unfinished = 1
      await rotationProgress.save({ tenantId, ...(left.look && { look: left.look }) })
      log.info('The rotation of keys ran out of time; the next run goes on', { tenant: tenantId })
      return
    }
    if (progress !== undefined) await rotationProgress.save(undefined)
  }

  async *#tenantsFrom(first: TenantId | undefined): AsyncGenerator<TenantId> {
    if (first !== undefined) yield first
    for (let after = first; ; ) {
      const page = await this.#services.tenants.list(TENANTS_AT_ONCE, after)
      yield* page
      after = page.at(-1)
      if (after === undefined) return
    }
  }

  /** One tenant's trouble (its own KMS key, say) must not stop the others. Gives how far it came if it was cut off. */
  async #visit(tenantId: TenantId, look: Look | undefined): Promise<{ readonly look?: Look } | undefined> {
    this.report.tenants += 1
    try {
      return await this.#maintainTenantKeys(tenantId, look)
    } catch (error) {
      this.report.failed += 1
      this.#services.log.error('The keys of a tenant could not be looked after', { tenant: tenantId, error })
      return undefined
    }
  }

  async #maintainTenantKeys(
    tenantId: TenantId,
    look: Look | undefined,
  ): Promise<{ readonly look: Look } | undefined> {
    const { tenants, tenantKeys, now } = this.#services
    const ring = await tenantKeys.list(tenantId)
    const newest = ring.versions.at(-1)
    if (ring.shreddedAt !== undefined) return void (await this.#finishShredding(tenantId, ring))
    if (newest === undefined) return undefined
    await this.#rewrap(tenantId, ring)
    const tenant = await tenants.get(tenantId)
    if (this.#isOlder(newest.createdAt, TENANT_KEY_DAYS) || arnOf(newest) !== tenant?.kmsKeyArn) {
      await tenantKeys.rotate(tenantId, tenant?.kmsKeyArn)
      this.report.rotated += 1
      await this.#note(tenantId, 'tenant.rotate_key')
      return undefined
    }
    if (later(newest.createdAt, SETTLING_SECONDS) > now()) return undefined
    return this.#clearOut(tenantId, ring, newest, look)
  }

  /** What was cut off is done to its end. */
  async #finishShredding(tenantId: TenantId, { versions }: KeyRing): Promise<void> {
    const tenant = await this.#services.tenants.get(tenantId)
    if (tenant?.status === 'deleting') await erase(this.#services, tenant)
    else if (versions.length > 0) await this.#services.tenantKeys.shred(tenantId)
  }

  async #rewrap(tenantId: TenantId, { versions }: KeyRing): Promise<void> {
    for (const { version, wrappedBy } of versions) {
      if (wrappedBy.kind !== 'root_key' || wrappedBy.version >= this.#rootKeyVersion) continue
      if (await this.#services.tenantKeys.rewrap(tenantId, version)) this.report.rewrapped += 1
    }
  }

  /** Moves the versions before the newest one step on, if nothing stored names them. */
  async #clearOut(
    tenantId: TenantId,
    { versions }: KeyRing,
    { version: newest }: TenantKeyVersion,
    resumed: Look | undefined,
  ): Promise<{ readonly look: Look } | undefined> {
    const { tenantKeys } = this.#services
    const former = versions
      .filter(({ version }) => version !== newest)
      .filter(({ retiredAt }) => retiredAt === undefined || this.#isOlder(retiredAt, RETIREMENT_DAYS))
    if (former.length === 0) return undefined
    const begun = resumed?.newest === newest ? resumed : { newest, clean: true }
    const { look, finished } = await lookThrough(this.#services, tenantId, begun, this.#mayGoOn, this.report)
    if (!finished) return { look }
    if (!look.clean) return undefined
    for (const { version, retiredAt } of former) {
      if (retiredAt === undefined) await tenantKeys.retire(tenantId, version)
      else {
        await tenantKeys.remove(tenantId, version)
        await this.#note(tenantId, 'tenant.remove_key')
      }
      this.report[retiredAt === undefined ? 'retired' : 'removed'] += 1
    }
    return undefined
  }

  #note(tenantId: TenantId, action: 'tenant.rotate_key' | 'tenant.remove_key'): Promise<void> {
    return this.#services.audit.note({
      tenantId,
      action,
      resource: { type: 'tenant', id: tenantId },
      result: 'ok',
    })
  }

  #isOlder(moment: TenantKeyVersion['createdAt'], days: number): boolean {
    return this.#services.now() >= later(moment, days * DAY_SECONDS)
  }
}

function arnOf({ wrappedBy }: TenantKeyVersion): string | undefined {
  return wrappedBy.kind === 'kms_key' ? wrappedBy.arn : undefined
}
