// When an API key was used last, to the hour, noted by the very call that finds it: a process's first look for a key in
// an hour writes the hour and is given the key, later ones read. No call is made for the note alone, and none fails by it.
import type { Ambient } from '../ambient.ts'
import { type EpochSeconds, epochSeconds } from '../time.ts'
import type { KnownApiKey } from './api-key.ts'
import type { CallerPorts } from './ports.ts'

const HOUR_SECONDS = 60 * 60
const MAX_NOTED = 5000

/** Finds the key with this SHA-256 (hex). */
export type FindKey = (hash: string) => Promise<KnownApiKey | undefined>

/** Builds a process's way to find keys. */
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
