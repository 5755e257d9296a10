// Manage links in a map.
import type { ManageLink, ManageLinks } from '#domain/manage/manage-link.ts'
import type { EpochSeconds } from '#domain/time.ts'

export class FakeManageLinks implements ManageLinks {
  readonly #links = new Map<string, ManageLink>()

  async create(link: ManageLink): Promise<void> {
    if (!this.#links.has(link.secretHash)) this.#links.set(link.secretHash, structuredClone(link))
  }

  async find(secretHash: string): Promise<ManageLink | undefined> {
    return structuredClone(this.#links.get(secretHash))
  }

  async open(
    { secretHash }: ManageLink,
    browserHash: string,
    now: EpochSeconds,
    expiresAt: EpochSeconds,
  ): Promise<boolean> {
    const link = this.#links.get(secretHash)
    if (link === undefined || link.expiresAt <= now) return false
    if (link.browserHash !== undefined && link.browserHash !== browserHash) return false
    this.#links.set(secretHash, { ...link, browserHash, expiresAt })
    return true
  }

  async close({ secretHash, browserHash }: ManageLink, now: EpochSeconds): Promise<void> {
    const link = this.#links.get(secretHash)
    if (link !== undefined && link.browserHash === browserHash)
      this.#links.set(secretHash, { ...link, expiresAt: now })
  }
}
