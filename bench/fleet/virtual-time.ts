// Time for a simulation: it stands still while anybody has something to do, then jumps to whatever comes next.
import { setImmediate as turn } from 'node:timers/promises'

export class VirtualTime {
  /** Milliseconds. */
  now: number
  /** A binary heap by `at`. */
  readonly #heap: { readonly at: number; readonly wake: () => void }[] = []

  constructor(now: number) {
    this.now = now
  }

  readonly sleep = (milliseconds: number): Promise<void> =>
    new Promise((wake) => this.#push({ at: this.now + milliseconds, wake }))

  /** Lets everything happen until a moment. */
  async runUntil(end: number): Promise<void> {
    for (;;) {
      await turn()
      const next = this.#heap[0]
      if (next === undefined || next.at > end) break
      this.now = next.at
      // Everything of this moment, then whoever was waiting for it.
      while (this.#heap[0] !== undefined && this.#heap[0].at <= this.now) this.#pop().wake()
    }
    this.now = end
  }

  #push(entry: { readonly at: number; readonly wake: () => void }): void {
    const heap = this.#heap
    heap.push(entry)
    for (let child = heap.length - 1; child > 0; ) {
      const parent = (child - 1) >> 1
      if ((heap[parent]?.at ?? 0) <= (heap[child]?.at ?? 0)) return
      this.#swap(child, parent)
      child = parent
    }
  }

  #pop() {
    const heap = this.#heap
    const top = heap[0]
    const last = heap.pop()
    if (top === undefined || last === undefined) throw new Error('nothing is waiting')
    if (heap.length === 0) return top
    heap[0] = last
    for (let parent = 0; ; ) {
      let least = parent
      for (const child of [2 * parent + 1, 2 * parent + 2]) {
        if ((heap[child]?.at ?? Number.POSITIVE_INFINITY) < (heap[least]?.at ?? 0)) least = child
      }
      if (least === parent) return top
      this.#swap(parent, least)
      parent = least
    }
  }

  #swap(one: number, other: number): void {
    const heap = this.#heap
    const kept = heap[one]
    const moved = heap[other]
    if (kept === undefined || moved === undefined) return
    heap[one] = moved
    heap[other] = kept
  }
}
