// The file of an import: one item a line, as in the body of POST /v1/connections/import. It is read line by line, and its items are
// put together into requests.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { UsageError } from './faults.ts'
import type { Json } from './json.ts'

/** A line with an item. The name tells whether the line is the same as in an earlier run, and nothing of what is in it. */
export interface Line {
  readonly number: number
  readonly name: string
  /** Absent if the line holds no JSON object, or is too long for a request. */
  readonly item?: Json
}

const MAX_ITEMS = 100
/** Less than the 1 MiB of a request. */
const MAX_BYTES = 900_000

/** The lines of a file that hold something. @throws UsageError when the file cannot be read */
export async function* linesOf(file: string): AsyncGenerator<Line> {
  const lines = createInterface({
    input: createReadStream(file, 'utf8'),
    crlfDelay: Number.POSITIVE_INFINITY,
  })
  let number = 0
  try {
    for await (const text of lines) {
      number += 1
      if (text.trim() !== '') yield { number, name: nameOf(text), ...itemIn(text) }
    }
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${(error as Error).message}`)
  }
}

/** Puts lines together into requests: at most 100 items and 900 KB each. */
export async function* batchesOf(lines: AsyncIterable<Line>): AsyncGenerator<readonly Line[]> {
  let batch: Line[] = []
  let bytes = 0
  for await (const line of lines) {
    const size = Buffer.byteLength(JSON.stringify(line.item ?? ''))
    if (batch.length === MAX_ITEMS || (batch.length > 0 && bytes + size > MAX_BYTES)) {
      yield batch
      batch = []
      bytes = 0
    }
    batch.push(line)
    bytes += size
  }
  if (batch.length > 0) yield batch
}

function nameOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}

function itemIn(text: string): Pick<Line, 'item'> {
  try {
    const item: unknown = JSON.parse(text)
    const isItem = typeof item === 'object' && item !== null && !Array.isArray(item)
    return isItem && Buffer.byteLength(text) <= MAX_BYTES ? { item } : {}
  } catch {
    return {}
  }
}
