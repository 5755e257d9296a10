// The frame of every HTML page of the service. A page has no script and loads nothing; other sites cannot frame it.
import { createHash } from 'node:crypto'
import type { Branding } from '#domain/tenants/tenant.ts'
import type { Answer } from '../message/answer.ts'
import { ICON } from './icon.ts'
import { brandStyle, STYLE } from './style.ts'

/** HTML that is safe to put into a page. Only {@link html} makes it. */
export interface Html {
  readonly html: string
}

/** Builds HTML. It escapes every value that is not HTML already. */
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
  /** Above the heading. */
  readonly above?: Html
  /** Who runs this page. */
  readonly footer?: string
  /** RFC 5646. Default: English. */
  readonly language?: string
  /** The product that the end user comes from. */
  readonly product?: { readonly name: string; readonly branding?: Branding }
  readonly wide?: boolean
  /** Styles in addition to those of every page. */
  readonly sheet?: string
  readonly cookies?: readonly string[]
  /** The targets of its forms, as source expressions of CSP. Default: none. */
  readonly formTargets?: string
}

export function page({ status, title, content, language = 'en', product, ...rest }: Page): Answer {
  const { wide = false, sheet: own, cookies = [], formTargets = "'none'", above, footer } = rest
  const sheets = [STYLE, ...(own ? [own] : []), ...(product?.branding ? [brandStyle(product.branding)] : [])]
  const document = html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="${ICON}">
${together(sheets.map((sheet) => html`<style>${{ html: sheet }}</style>`))}
</head>
<body><main${wide ? html` class="wide"` : ''}>${above ?? ''}
<h1>${title}</h1>
${content}</main>${
    footer
      ? html`
<footer>${footer}</footer>`
      : ''
  }</body>
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
      // Explicit, because products open our pages in pop-ups: with any other policy, the product's page would see the
      // pop-up as closed. Our pages hold nothing that an opener could read across origins.
      'cross-origin-opener-policy': 'unsafe-none',
      'cross-origin-resource-policy': 'same-origin',
      'content-security-policy': `default-src 'none'; style-src ${sheets.map(hashSource).join(' ')}; img-src data:; form-action ${formTargets}; frame-ancestors 'none'; base-uri 'none'`,
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
