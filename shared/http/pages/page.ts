// The few pages a browser sees of us: no script, no frame, no referrer, nothing loaded from anywhere.
import { createHash } from 'node:crypto'
import type { Answer } from '../message/answer.ts'
import { brandStyle, STYLE } from './style.ts'

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

export function together(parts: readonly Html[]): Html {
  return { html: parts.map((part) => part.html).join('') }
}

export interface Page {
  readonly status: number
  readonly title: string
  readonly content: Html
  /** RFC 5646. Default: English. */
  readonly language?: string
  /** Whose page it is to the one who reads it. */
  readonly product?: { readonly name: string; readonly branding?: { readonly color: string } }
  readonly wide?: boolean
  /** Styles beyond those of every page. */
  readonly sheet?: string
  readonly cookies?: readonly string[]
  /** Where its forms lead, as source expressions of CSP. Default: it has none. */
  readonly formTargets?: string
}

/** A whole page as an answer. */
export function page({ status, title, content, language = 'en', product, ...rest }: Page): Answer {
  const { wide = false, sheet: own, cookies = [], formTargets = "'none'" } = rest
  const sheets = [
    STYLE,
    ...(own ? [own] : []),
    ...(product?.branding ? [brandStyle(product.branding.color)] : []),
  ]
  const document = html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
${together(sheets.map((sheet) => html`<style>${{ html: sheet }}</style>`))}
</head>
<body><main${wide ? html` class="wide"` : ''}>${product ? html`<p class="product"><bdi>${product.name}</bdi></p>` : ''}
<h1>${title}</h1>
${content}</main></body>
</html>
`
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-language': language,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      // Said aloud: any other policy would cut a pop-up off from the page that opened it, which would then take the
      // pop-up for closed. Our pages hold nothing that an opener could read across origins.
      'cross-origin-opener-policy': 'unsafe-none',
      'cross-origin-resource-policy': 'same-origin',
      'content-security-policy': `default-src 'none'; style-src ${sheets.map(hashSource).join(' ')}; form-action ${formTargets}; frame-ancestors 'none'; base-uri 'none'`,
    },
    cookies,
    body: document.html,
  }
}

function hashSource(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
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
