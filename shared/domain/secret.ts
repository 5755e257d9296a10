// A secret that cannot print: JSON, string templates, inspection and spreading all show "[redacted]".
// Opening one is `.reveal()`, so that every place that handles a secret in clear can be found by that word.

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
