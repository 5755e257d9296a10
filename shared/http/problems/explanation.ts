// The form in which the error catalog explains a code.

/** Full sentences, for people who see no code. */
export interface Explanation {
  /** What happened, and what did not. */
  readonly meaning: string
  /** What the reader can do about it. */
  readonly remedy: string
}
