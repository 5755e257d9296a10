// Where a listener is in the event log, kept in a file, so that a later run goes on there. It is written after each event. A
// process that dies between an event and its note handles that one event twice, and the event's id tells so.
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { CliError, UsageError } from './faults.ts'

export interface Place {
  /** The cursor of the page before. */
  readonly after: string
  /** The last event that was handled of the page after it. Absent if none was. */
  readonly handled?: string
}

export interface KeptPlace {
  place: Place | undefined
  keep(place: Place): void
}

/** @throws UsageError when the file holds something else */
export function placeIn(file: string | undefined): KeptPlace {
  const kept: KeptPlace = {
    place: file === undefined ? undefined : read(file),
    keep: (place) => {
      kept.place = place
      if (file !== undefined) write(file, place)
    },
  }
  return kept
}

function read(file: string): Place | undefined {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return undefined
    throw new UsageError(`${file} cannot be read: ${(error as Error).message}`)
  }
  try {
    const { after, handled } = JSON.parse(text)
    if (/^\d+$/.test(after)) return { after, ...(typeof handled === 'string' && { handled }) }
  } catch {
    // The error below covers it.
  }
  throw new UsageError(`${file} holds no place in the event log.`, 'Name another file, or delete this one.')
}

/** By renaming, so that a process that dies leaves the former place and not half of one. */
function write(file: string, place: Place): void {
  try {
    writeFileSync(`${file}.new`, `${JSON.stringify(place)}\n`)
    renameSync(`${file}.new`, file)
  } catch (error) {
    throw new CliError(`${file} cannot be written: ${(error as Error).message}`)
  }
}
