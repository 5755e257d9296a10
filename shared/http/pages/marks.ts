// The drawings of our pages. They say nothing that the text does not say, so that screen readers leave them out.
import type { Logo } from '#domain/tenants/logo.ts'
import { type Html, html } from './page.ts'

const drawing = (path: string): Html => ({
  html: `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${path}"/></svg>`,
})

export const TICK = drawing('M5 13l4 4L19 7')
const FUNNEL = drawing('M4 5h16l-6 7v6l-4 2v-8z')

const state = (path: string): Html => html`<p class="state">${drawing(path)}</p>`
/** A triangle with an exclamation mark. */
export const PROBLEM = state('M12 4L2.5 20h19zM12 10v4.5M12 17.2v.1')
/** A circle with a tick: what the end user wanted to stop was stopped. */
export const STOPPED = state('M12 3a9 9 0 100 18 9 9 0 000-18zM8 12.5l2.8 2.8L16 9.8')

/** The first letters of a name's first two words, or its first two letters or digits. */
export function initialsOf(name: string): string {
  const words = name.match(/[\p{Letter}\p{Number}]+/gu) ?? []
  const [first = '', second] = words
  const letters =
    second === undefined ? [...first].slice(0, 2) : [...first].slice(0, 1).concat([...second][0] ?? '')
  return letters.join('').toUpperCase() || '?'
}

/** A product as its mark shows it: by its logo, or by its initials. */
interface Marked {
  readonly name: string
  readonly logo?: Logo
}

/** The image is part of the page. Its type is one of two, and base64 has no character that ends an attribute. */
function productMark({ name, logo }: Marked): Html {
  if (logo === undefined) return html`<span class="mark" aria-hidden="true">${initialsOf(name)}</span>`
  const source = `data:${logo.mediaType};base64,${Buffer.from(logo.bytes).toString('base64')}`
  // The name stands beside it. A light plate, because most logos are made for paper.
  return html`<span class="mark logo"><img src="${source}" alt=""></span>`
}

/** The product and ClickFunnels, joined by a line. */
export function twoMarks(product: Marked): Html {
  return html`<div class="marks" aria-hidden="true">${productMark(product)}<span class="mark theirs">${FUNNEL}</span></div>`
}

/** The product's mark and name in a row. */
export function markOf(product: Marked): Html {
  return html`<p class="product">${productMark(product)}<bdi>${product.name}</bdi></p>`
}

export function accountMark(name: string): Html {
  return html`<span class="initials" aria-hidden="true">${initialsOf(name)}</span>`
}
