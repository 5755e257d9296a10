// What our pages say, by language. Another language is a file like page-texts-en.ts and an entry here.
import { GERMAN } from './page-texts-de.ts'
import { ENGLISH } from './page-texts-en.ts'
import { SPANISH } from './page-texts-es.ts'

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

const LANGUAGES = [ENGLISH, GERMAN, SPANISH] as const

/** The language of ours that a browser likes best (RFC 9110 section 12.5.4); English when it names none of them. */
export function textsFor(acceptLanguage: string | undefined): PageTexts {
  const wanted = (acceptLanguage ?? '').split(',').map((range) => {
    const [tag = '', ...parameters] = range.trim().toLowerCase().split(';')
    const weight = parameters.map((text) => /^\s*q=([01](?:\.\d*)?)\s*$/.exec(text)?.[1]).find(Boolean)
    return { primary: tag.trim().split('-')[0], weight: Number(weight ?? 1) }
  })
  const best = wanted
    .filter(({ weight }) => weight > 0)
    .toSorted((one, other) => other.weight - one.weight)
    .map(({ primary }) => LANGUAGES.find(({ language }) => language === primary))
    .find((texts) => texts !== undefined)
  return best ?? ENGLISH
}
