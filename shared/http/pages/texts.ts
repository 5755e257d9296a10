// The texts of our pages, by language. To add a language, add a file like texts-en.ts and an entry here.
import { GERMAN } from './texts-de.ts'
import { ENGLISH } from './texts-en.ts'
import { SPANISH } from './texts-es.ts'
import { FRENCH } from './texts-fr.ts'
import { PORTUGUESE } from './texts-pt.ts'
import type { PageTexts } from './texts-type.ts'

const LANGUAGES = [ENGLISH, GERMAN, SPANISH, FRENCH, PORTUGUESE] as const

/** The texts in the language that the browser prefers (RFC 9110 section 12.5.4); English when we have none that it names. */
export function textsFor(acceptLanguage: string | undefined): PageTexts {
  const wanted = (acceptLanguage ?? '').split(',').map((range) => {
    const [tag = '', ...parameters] = range.trim().toLowerCase().split(';')
    const weight = parameters.map((text) => /^\s*q=([01](?:\.\d*)?)\s*$/.exec(text)?.[1]).find(Boolean)
    return { primary: tag.trim().split('-')[0], weight: Number(weight ?? 1) }
  })
  const best = wanted
    .filter(({ weight }) => weight > 0)
    .toSorted((one, other) => other.weight - one.weight)
    .map(({ primary }) => LANGUAGES.find(({ language }) => language.split('-')[0] === primary))
    .find((texts) => texts !== undefined)
  return best ?? ENGLISH
}
