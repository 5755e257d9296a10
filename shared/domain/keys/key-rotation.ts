// Key rotation in the background. Old root keys and old tenant keys get a successor. Tenant keys under old root keys are wrapped
// again, and seals under old tenant keys are made again. An old tenant key that no seal can name any more is deleted.
//
//   newest ─▶ followed ─(settled; all seals made again; a look finds none)─▶ retired ─(30 days; a last look)─▶ deleted
//
// Every step starts from what is stored and can be repeated, so the next run continues one that was cut off.
import type { Ambient } from '../ambient.ts'
import type { AuditPorts } from '../audit/ports.ts'
import type { TenantId } from '../ids.ts'
import type { OperatorPorts } from '../operator/ports.ts'
import { eraseTenant } from '../operator/tenant-deletion.ts'
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
 * Seconds after which no process seals with the former version any more: its cache has expired, and so has a sealer in its
 * hands. Code verifiers that were sealed for a browser's way to ClickFunnels have come back or expired (10 minutes). Each
 * of the two gets five minutes more.
 */
export const SETTLING_SECONDS = KEY_CACHE_SECONDS + 10 * 60 + 2 * 5 * 60
/** Rotated tokens may wait in the recovery queue for 14 days, and for 14 more after the operator has sent them back. */
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
  | 'keyRotationProgress'
  | 'vault'
  | 'audit'
  | 'log'
>

/** How many tenants, keys and records a run has handled, by what it did to them. "unfinished" is 1 if it was cut off. */
export type KeyRotationReport = LookReport &
  Record<'tenants' | 'rotated' | 'rewrapped' | 'retired' | 'removed' | 'failed' | 'unfinished', number>

/** Maintains the root keys and the keys of every tenant, until all are done or `mayGoOn` says to stop. */
export async function rotateKeys(services: Ports, mayGoOn: () => boolean): Promise<KeyRotationReport> {
  const run = new KeyRotation(services, mayGoOn)
  await run.rotateRootKeys()
  await run.visitTenants()
  services.log.info('Keys were looked after', run.report)
  return run.report
}

class KeyRotation {
  readonly report: KeyRotationReport = {
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
    const { keyRotationProgress, log } = this.#services
    const progress = await keyRotationProgress.read()
    for await (const tenantId of this.#tenantsFrom(progress?.tenantId)) {
      const look = tenantId === progress?.tenantId ? progress.look : undefined
      const left = this.#mayGoOn() ? await this.#visit(tenantId, look) : { look }
      if (left === undefined) continue
      this.report.unfinished = 1
      const stored = await keyRotationProgress.save(
        { tenantId, ...(left.look && { look: left.look }) },
        progress,
      )
      log.info('The rotation of keys ran out of time; the next run goes on', { tenant: tenantId, stored })
      return
    }
    if (progress !== undefined) await keyRotationProgress.save(undefined, progress)
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

  /**
   * Maintains one tenant's keys. Its trouble (a KMS key of its own that is disabled, for example) must not stop the others.
   * @returns how far it has come if it was cut off
   */
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
    return this.#removeFormer(tenantId, ring, newest, look)
  }

  /** Completes a shredding that was cut off, and with it the deletion of a tenant. */
  async #finishShredding(tenantId: TenantId, { versions }: KeyRing): Promise<void> {
    const tenant = await this.#services.tenants.get(tenantId)
    if (tenant?.status === 'deleting') await eraseTenant(this.#services, tenant)
    else if (versions.length > 0) await this.#services.tenantKeys.shred(tenantId)
  }

  async #rewrap(tenantId: TenantId, { versions }: KeyRing): Promise<void> {
    for (const { version, wrappedBy } of versions) {
      if (wrappedBy.kind !== 'root_key' || wrappedBy.version >= this.#rootKeyVersion) continue
      if (await this.#services.tenantKeys.rewrap(tenantId, version)) this.report.rewrapped += 1
    }
  }

  /** Retires or deletes the versions before the newest, if no stored seal names one. */
  async #removeFormer(
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
