// The page that the `type` of every problem points to. It has one heading per error code.

import { ERROR_CODES } from '#domain/errors.ts'
import type { Answer } from '../message/answer.ts'
import { ERROR_CATALOG } from '../problems/catalog.ts'
import { PROBLEMS } from '../problems/problem.ts'
import { html, page, together } from './page.ts'

export function errorPage(): Answer {
  const links = ERROR_CODES.map((code) => html`<li><a href="#${code}">${code}</a></li>`)
  const entries = ERROR_CODES.map((code) => {
    const { status, title } = PROBLEMS[code]
    const { meaning, remedy } = ERROR_CATALOG[code]
    return html`<h2 id="${code}">${code}</h2>
<p><b>${String(status)} ${title}.</b> ${meaning}</p><p>${remedy}</p>
`
  })
  return page({
    status: 200,
    title: 'Error codes of Funnel Connect',
    content: html`<p>Every error response of the API is a problem document (RFC 9457) with one of these codes.</p>
<nav aria-label="Codes"><ul>${together(links)}</ul></nav>
${together(entries)}`,
    wide: true,
  })
}
