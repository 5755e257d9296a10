// Prints the steps of a start, each with the time that it took.
export class Steps {
  #lastAt = performance.now()

  /** Starts the time of the next step now. Otherwise, it starts at the end of the last step. */
  begin(): void {
    this.#lastAt = performance.now()
  }

  readonly say = (text: string): void => {
    const now = performance.now()
    console.log(`${((now - this.#lastAt) / 1000).toFixed(2).padStart(6)} s  ${text}`)
    this.#lastAt = now
  }
}
