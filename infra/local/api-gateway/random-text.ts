// Random text for the ids of requests and traces. It comes from a pool, because a system call for each id takes longer
// than the rest of the event.
import { randomBytes } from 'node:crypto'

const POOL_BYTES = 4096
let pool = Buffer.alloc(0)
let taken = 0

export function randomText(bytes: number, encoding: 'base64' | 'hex'): string {
  if (taken + bytes > pool.length) {
    pool = randomBytes(POOL_BYTES)
    taken = 0
  }
  taken += bytes
  return pool.toString(encoding, taken - bytes, taken)
}
