// The texts of the manage page in one language. Each language is a file of this type, so a missing text does not compile.

import type { ConnectionProblem } from '#domain/connections/connection-problem.ts'
import type { ReturnNote } from '#domain/manage/return-note.ts'

/** Why the page is not shown. Which case is which: manage-pages.ts. */
export type ManageRefusal = 'unknown' | 'used' | 'expired' | 'suspended' | 'stale' | 'limit' | 'fault'

/** Plain text: the page escapes it, together with the names in it. */
export interface ManageTexts {
  readonly title: (product: string) => string
  readonly account: (product: string) => string
  readonly none: string
  readonly since: (date: string) => string
  /** In place of the name of a workspace, where ClickFunnels gave none. */
  readonly workspace: string
  readonly chip: Readonly<Record<'ok' | ConnectionProblem['action'], string>>
  /** Why a connection does not work, and what to do. refused_once: a second look decides. */
  readonly why: Readonly<Record<ConnectionProblem['code'] | 'refused_once', string>>
  /** What became of the visit to ClickFunnels. */
  readonly notes: Readonly<Record<ReturnNote['note'], string>>
  readonly reconnect: string
  readonly disconnect: string
  readonly connect: string
  readonly another: string
  readonly older: string
  readonly newest: string
  readonly done: string
  readonly ask: {
    readonly title: (workspace: string) => string
    readonly says: (product: string) => string
    readonly keep: string
  }
  readonly toList: string
  readonly refusals: Readonly<
    Record<ManageRefusal, { readonly title: string; readonly explanation: string; readonly remedy: string }>
  >
}
