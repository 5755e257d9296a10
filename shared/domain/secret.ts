// A secret that does not print itself: JSON, string templates and inspection show "[redacted]", spreading shows nothing.
// Only `.reveal()` opens it, so that a search for that word finds every place that handles a secret in clear.

const REDACTED = '[redacted]'
const inspect = Symbol.for('nodejs.util.inspect.custom')

export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  reveal(): string {
    return this.#value
  }

  toString(): string {
    return REDACTED
  }

  toJSON(): string {
    return REDACTED
  }

  [inspect](): string {
    return REDACTED
  }
}
