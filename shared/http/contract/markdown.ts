// The Markdown of our descriptions as HTML: paragraphs, code and emphasis only.
import { type Html, html, together } from '../pages/page.ts'

export function prose(text: string): Html {
  return together(text.split('\n\n').map((paragraph) => html`<p>${inline(paragraph)}</p>`))
}

export function inline(text: string): Html {
  const parts = text.split(/(`[^`]+`|\*[^*]+\*)/).map((part) => {
    if (part.startsWith('`') && part.length > 1) return html`<code>${part.slice(1, -1)}</code>`
    return /^\*.+\*$/.test(part) ? html`<em>${part.slice(1, -1)}</em>` : html`${part}`
  })
  return together(parts)
}
