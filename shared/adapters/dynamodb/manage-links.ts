// Manage links in DynamoDB. Readers refuse an expired link by its own time; the TTL only cleans up.
import type { ManageLink, ManageLinks } from '#domain/manage/manage-link.ts'
import { DAY_SECONDS, type EpochSeconds, later } from '#domain/time.ts'
import { ABSENT } from './expressions.ts'
import { manageLinkKey, TTL_ATTRIBUTE } from './schema.ts'
import type { Table } from './table.ts'
import { withoutKey } from './tenant-items.ts'

/** How long an expired link can still say which product it belongs to. */
const MEMORY_SECONDS = DAY_SECONDS

export class DynamoDbManageLinks implements ManageLinks {
  readonly #table: Table

  constructor(table: Table) {
    this.#table = table
  }

  async create(link: ManageLink): Promise<void> {
    const ttl = later(link.expiresAt, MEMORY_SECONDS)
    await this.#table.put({ ...manageLinkKey(link.secretHash), ...link, [TTL_ATTRIBUTE]: ttl }, ABSENT)
  }

  async find(secretHash: string): Promise<ManageLink | undefined> {
    const item = await this.#table.get(manageLinkKey(secretHash))
    return item && withoutKey<ManageLink>(item)
  }

  async open(
    { secretHash }: ManageLink,
    browserHash: string,
    now: EpochSeconds,
    expiresAt: EpochSeconds,
  ): Promise<boolean> {
    const item = await this.#table.update(
      manageLinkKey(secretHash),
      { set: { browserHash, expiresAt, [TTL_ATTRIBUTE]: later(expiresAt, MEMORY_SECONDS) } },
      {
        // The same browser hash: the SDK repeats a write whose answer was lost.
        expression:
          '(attribute_not_exists(browserHash) OR browserHash = :browser) AND expiresAt > :now AND attribute_exists(pk)',
        values: { ':browser': browserHash, ':now': now },
      },
    )
    return item !== undefined
  }

  async close({ secretHash, browserHash }: ManageLink, now: EpochSeconds): Promise<void> {
    await this.#table.update(
      manageLinkKey(secretHash),
      { set: { expiresAt: now } },
      { expression: 'browserHash = :browser', values: { ':browser': browserHash } },
    )
  }
}
