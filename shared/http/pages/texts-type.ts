// The texts of our pages in one language. Each language is a file of this type, so a missing text does not compile.

/** Why the end user cannot go on. Which function shows which page in which case: connect-pages.ts. */
export type Refusal =
  | 'unknown'
  | 'used'
  | 'expired'
  | 'suspended'
  | 'other_browser'
  | 'other_app'
  | 'declined'
  | 'declined_reusable'
  | 'done'
  | 'gone'
  | 'under_way'
  | 'return_url_not_registered'
  | 'fault'

/** Plain text: the page escapes it, together with the names in it. */
export interface PageTexts {
  /** RFC 5646. */
  readonly language: string
  readonly confirm: {
    readonly title: (product: string) => string
    readonly access: (product: string) => string
    readonly account: (product: string) => string
    /** What the product will do: three facts. */
    readonly choice: (product: string) => string
    readonly work: (product: string) => string
    readonly shared: (product: string) => string
    readonly go: string
    readonly notYou: string
    readonly warning: string
    readonly cookies: string
  }
  readonly refusals: Readonly<
    Record<Refusal, { readonly title: string; readonly explanation: string; readonly remedy: string }>
  >
  readonly back: (product: string) => string
  /** Who runs the page, in the footer: on a phone one line, for short names. */
  readonly runBy: (product: string, operator: string) => string
  readonly runByAlone: (operator: string) => string
}
