// The texts a page needs, in one language. Each language is a file that fills this type; a missing text does not compile.

/** Why a browser does not get on. */
export type Refusal =
  | 'unknown'
  | 'used'
  | 'expired'
  | 'suspended'
  | 'other_browser'
  | 'other_app'
  | 'declined'
  | 'fault'

/** Texts are plain: names are put in as they are, and escaped with the rest. */
export interface PageTexts {
  /** RFC 5646. */
  readonly language: string
  readonly confirm: {
    readonly title: (product: string) => string
    readonly access: (product: string) => string
    readonly account: (product: string) => string
    readonly consequence: (product: string) => string
    readonly go: string
    readonly notMine: string
    readonly warning: string
    readonly cookies: string
  }
  readonly refusals: Readonly<
    Record<Refusal, { readonly title: string; readonly explanation: string; readonly remedy: string }>
  >
  readonly back: (product: string) => string
}
