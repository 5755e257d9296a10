// What a start does, on the terminal, with the time that each step took.

export class Steps {
  #lastAt = performance.now()

  /** The next step begins now, and not at the end of the last one. */
  begin(): void {
    this.#lastAt = performance.now()
  }

  readonly say = (text: string): void => {
    const now = performance.now()
    console.log(`${((now - this.#lastAt) / 1000).toFixed(2).padStart(6)} s  ${text}`)
    this.#lastAt = now
  }
}
