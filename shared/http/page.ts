// The few pages a browser sees of us: no script, no frame, no referrer, nothing loaded from anywhere.
import { createHash } from 'node:crypto'
import type { Answer } from './answer.ts'

const STYLE = `
:root { color-scheme: light dark; --ink: #17202b; --paper: #f4f5f7; --card: #fff; --accent: #1c5fd4; --on-accent: #fff }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8ebf0; --paper: #10151c; --card: #1a212b; --accent: #8ab4ff; --on-accent: #0b1320 }
}
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--paper); color: var(--ink);
  font: 1rem/1.55 system-ui, sans-serif }
main { background: var(--card); max-width: 27rem; margin: 1rem; padding: 2rem; border-radius: 12px;
  box-shadow: 0 1px 3px #0002, 0 8px 24px #0001 }
h1 { font-size: 1.35rem; line-height: 1.3; margin: 0 0 .75rem }
dl { display: grid; grid-template-columns: auto 1fr; gap: .35rem 1rem; margin: 1.25rem 0 }
dt { opacity: .75 } dd { margin: 0; font-weight: 600; overflow-wrap: anywhere }
button { font: inherit; font-weight: 600; width: 100%; padding: .7rem 1rem; border: 0; border-radius: 8px; cursor: pointer;
  background: var(--accent); color: var(--on-accent) }
button:focus-visible { outline: 3px solid var(--ink); outline-offset: 2px }
small { display: block; margin-top: 1.25rem; opacity: .75 }`

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64')

/** HTML that is safe to put into a page: made by {@link html} only. */
export interface Html {
  readonly html: string
}

/** Builds HTML; every value is escaped unless it is HTML already. */
export function html(strings: TemplateStringsArray, ...values: readonly (string | Html)[]): Html {
  let text = strings[0] ?? ''
  values.forEach((value, i) => {
    text += (typeof value === 'string' ? escaped(value) : value.html) + (strings[i + 1] ?? '')
  })
  return { html: text }
}

/** A whole page as an answer. */
export function page(
  status: number,
  title: string,
  content: Html,
  cookies: readonly string[] = [],
  formTargets = "'none'",
): Answer {
  const document = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${{ html: STYLE }}</style>
</head>
<body><main><h1>${title}</h1>${content}</main></body>
</html>
`
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'content-security-policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; form-action ${formTargets}; frame-ancestors 'none'; base-uri 'none'`,
    },
    cookies,
    body: document.html,
  }
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
}
