// A list that the service returns in pages. Read it item by item or page by page.

export interface Page<T> {
  readonly items: readonly T[]
  /** The argument of `page()` for the next page; undefined on the last one. */
  readonly next: string | undefined
}

export class Paged<T> implements AsyncIterable<T> {
  readonly #read: (after: string | undefined) => Promise<Page<T>>

  constructor(read: (after: string | undefined) => Promise<Page<T>>) {
    this.#read = read
  }

  /** One page: the first one, or the one that `next` of another page names. */
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

  /** All items. It fetches a page when the loop reaches its first item. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void> {
    for await (const { items } of this.pages()) yield* items
  }
}
