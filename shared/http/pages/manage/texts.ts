// The texts of the manage page, by language: for each language of our pages, the same one.
import { textsFor } from '../texts.ts'
import type { PageTexts } from '../texts-type.ts'
import { GERMAN } from './texts-de.ts'
import { ENGLISH } from './texts-en.ts'
import { SPANISH } from './texts-es.ts'
import { FRENCH } from './texts-fr.ts'
import { PORTUGUESE } from './texts-pt.ts'
import type { ManageTexts } from './texts-type.ts'

const LANGUAGES: Readonly<Record<PageTexts['language'], ManageTexts>> = {
  en: ENGLISH,
  de: GERMAN,
  es: SPANISH,
  fr: FRENCH,
  'pt-BR': PORTUGUESE,
}

/** The texts of every page and those of the manage page, in the language that the browser prefers. */
export function manageTextsFor(
  acceptLanguage: string | undefined,
): PageTexts & { readonly manage: ManageTexts } {
  const texts = textsFor(acceptLanguage)
  return { ...texts, manage: LANGUAGES[texts.language] ?? ENGLISH }
}
