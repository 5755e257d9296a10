// Finds API keys and stores the hour of their last use. In each hour the first lookup of a key by a process writes the
// hour and returns the key in one call; later lookups only read. If the write fails, the key is read instead.
import type { Ambient } from '../ambient.ts'
import { type EpochSeconds, epochSeconds } from '../time.ts'
import type { KnownApiKey } from './api-key.ts'
import type { CallerPorts } from './ports.ts'

const HOUR_SECONDS = 60 * 60
const MAX_NOTED = 5000

/** Finds the key with this SHA-256 (hex). */
export type FindKey = (hash: string) => Promise<KnownApiKey | undefined>

/** Builds the key lookup of a process. */
export function keyFinder({
  apiKeys,
  now,
  log,
}: Pick<CallerPorts & Ambient, 'apiKeys' | 'now' | 'log'>): FindKey {
  const noted = new Map<string, EpochSeconds>()
  return async (hash) => {
    const moment = now()
    const hour = epochSeconds(moment - (moment % HOUR_SECONDS))
    if (noted.get(hash) === hour) return apiKeys.findByHash(hash)
    try {
      const key = await apiKeys.findUsed(hash, hour)
      if (key === undefined) return undefined
      if (noted.size >= MAX_NOTED) noted.clear()
      noted.set(hash, hour)
      return key
    } catch (error) {
      log.warn('The use of an API key was not noted', { error })
      return apiKeys.findByHash(hash)
    }
  }
}
