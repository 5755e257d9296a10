// Makes a failure small: faults and acts are dropped for as long as the run still breaks the same invariant.
import type { Loaded } from './load.ts'
import { type Report, simulate } from './simulate.ts'

const MAX_TRIES = 400

export interface Small {
  readonly report: Report
  readonly allowed: readonly string[]
}

export async function shrink({ parts, templates }: Loaded, failed: Report): Promise<Small> {
  let best: Small = { report: failed, allowed: failed.ids }
  let tries = 0
  for (let size = Math.ceil(failed.ids.length / 2); size >= 1 && tries < MAX_TRIES; ) {
    const smaller = await withoutOnePart(best.allowed)
    if (smaller) best = smaller
    else if (size === 1) break
    else size = Math.floor(size / 2)

    async function withoutOnePart(ids: readonly string[]): Promise<Small | undefined> {
      for (let from = 0; from < ids.length && tries < MAX_TRIES; from += size) {
        const allowed = ids.filter((_, index) => index < from || index >= from + size)
        tries += 1
        const report = await simulate(parts, templates, failed.seed, new Set(allowed))
        const isSame = invariantOf(report) === invariantOf(failed)
        // What did not happen in the smaller run cannot be needed.
        if (isSame) return { report, allowed: allowed.filter((id) => report.ids.includes(id)) }
      }
      return undefined
    }
  }
  return best
}

export function invariantOf({ violation }: Report): string | undefined {
  return violation?.split(':')[0]
}
