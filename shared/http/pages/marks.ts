// The drawings of our pages. They say nothing that the text does not say, so that screen readers leave them out.
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

/** The product and ClickFunnels, joined by a line. */
export function twoMarks(product: string): Html {
  return html`<div class="marks" aria-hidden="true"><span class="mark">${initialsOf(product)}</span><span class="mark theirs">${FUNNEL}</span></div>`
}

export function markOf(product: string): Html {
  return html`<p class="product"><span class="mark" aria-hidden="true">${initialsOf(product)}</span><bdi>${product}</bdi></p>`
}

export function accountMark(name: string): Html {
  return html`<span class="initials" aria-hidden="true">${initialsOf(name)}</span>`
}
