// The page that the `type` of every problem points at: one heading an error code.
import { ERROR_CODES } from '#domain/errors.ts'
import type { Answer } from './answer.ts'
import { ERROR_CATALOG } from './error-catalog.ts'
import { type Html, html, page } from './page.ts'
import { PROBLEMS } from './problem.ts'

export function errorPage(): Answer {
  const entries = ERROR_CODES.map((code) => {
    const { status, title } = PROBLEMS[code]
    const { meaning, remedy } = ERROR_CATALOG[code]
    return html`<h2 id="${code}">${code}</h2>
<p><b>${String(status)} ${title}.</b> ${meaning}</p><p>${remedy}</p>
`
  })
  return page(200, 'Error codes of Funnel Connect', together(entries))
}

function together(parts: readonly Html[]): Html {
  return { html: parts.map((part) => part.html).join('') }
}
