// When an API key was used last, to the hour: one write for each key, hour and process, beside the call and never in its
// way. A write that fails is not tried again in that hour; another process, or the next hour, makes it good.
import type { Caller } from './caller.ts'
import type { ApiKeyId } from './ids.ts'
import type { Services } from './ports.ts'
import { type EpochSeconds, epochSeconds } from './time.ts'

const HOUR_SECONDS = 60 * 60
const MOST_NOTED = 5000

/** Notes that a caller has called. The promise is to be awaited before the answer leaves: Lambda freezes afterwards. */
export type NoteUse = (caller: Caller) => Promise<void> | undefined

/** Builds the notes of a process. */
export function keyUse(services: Pick<Services, 'apiKeys' | 'now' | 'log'>): NoteUse {
  const noted = new Map<ApiKeyId, EpochSeconds>()
  return ({ tenant, actor }) => {
    if (actor.kind !== 'api_key') return undefined
    const now = services.now()
    const hour = epochSeconds(now - (now % HOUR_SECONDS))
    if (noted.get(actor.id) === hour) return undefined
    if (noted.size >= MOST_NOTED) noted.clear()
    noted.set(actor.id, hour)
    return services.apiKeys.noteUse(tenant.id, actor.id, hour).catch((error) => {
      services.log.warn('The use of an API key was not noted', { tenant: tenant.id, key: actor.id, error })
    })
  }
}
