// A list that comes by pages: to be walked item by item, or page by page.

export interface Page<T> {
  readonly items: readonly T[]
  /** Where the next page begins; absent on the last one. */
  readonly next: string | undefined
}

export class Paged<T> implements AsyncIterable<T> {
  readonly #read: (after: string | undefined) => Promise<Page<T>>

  constructor(read: (after: string | undefined) => Promise<Page<T>>) {
    this.#read = read
  }

  /** One page: the first, or the one that begins where another one's `next` says. */
  page(after?: string): Promise<Page<T>> {
    return this.#read(after)
  }

  async *pages(): AsyncGenerator<Page<T>, void> {
    let after: string | undefined
    do {
      const page = await this.#read(after)
      yield page
      after = page.next
    } while (after !== undefined)
  }

  /** All items; a page is fetched when its first item is asked for. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void> {
    for await (const { items } of this.pages()) yield* items
  }
}
