// Random numbers from the seed of a run. Each purpose has its own stream, so that a fault that is dropped while a run is
// shrunk moves no other stream.
import { seededRandom } from '../fakes/random.ts'

export class Chance {
  readonly next: () => number
  readonly bytes: (size: number) => Uint8Array

  constructor(seed: number, purpose: string) {
    const { chance, bytes } = seededRandom(hashOf(seed, purpose))
    this.next = chance
    this.bytes = bytes
  }

  /** A whole number from 0 to `count - 1`. */
  below(count: number): number {
    return Math.floor(this.next() * count)
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T
  }

  isLikely(likelihood: number): boolean {
    return this.next() < likelihood
  }

  /** From `low` to `high`, each order of magnitude as likely as another. */
  logUniform(low: number, high: number): number {
    return low * (high / low) ** this.next()
  }

  /** One of the names, each as likely as its weight says. */
  weighted<K extends string>(weights: Readonly<Partial<Record<K, number>>>): K {
    const entries = Object.entries(weights) as [K, number][]
    let left = this.next() * entries.reduce((sum, [, weight]) => sum + weight, 0)
    for (const [name, weight] of entries) {
      left -= weight
      if (left < 0) return name
    }
    return (entries.at(-1) as [K, number])[0]
  }
}

/** FNV-1a over the purpose, started from the seed. */
function hashOf(seed: number, purpose: string): number {
  let hash = (0x811c9dc5 ^ Math.imul(seed + 1, 0x9e3779b1)) >>> 0
  for (let i = 0; i < purpose.length; i++) hash = Math.imul(hash ^ purpose.charCodeAt(i), 0x01000193)
  return hash ^ (hash >>> 15)
}
