// The style of our pages: one sheet for light and dark, from phones up, and one for the tenant's colour.
import type { Branding } from '#domain/tenants/tenant.ts'
import { type Palette, palettes } from './brand-colors.ts'

export const STYLE = `
:root { color-scheme: light dark; --ink: #17202b; --soft: #515c6b; --paper: #f4f5f7; --card: #fff; --line: #d5dae1;
  --accent: #1c5fd4; --on-accent: #fff; --link: #1c5fd4 }
@media (prefers-color-scheme: dark) { :root { --ink: #e8ebf0; --soft: #a9b4c2; --paper: #10151c; --card: #1a212b;
  --line: #364150; --accent: #8ab4ff; --on-accent: #000; --link: #8ab4ff } }
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; display: grid; grid-template-columns: minmax(0, 1fr); place-content: center;
  justify-items: center; gap: .6rem; padding: .75rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 ui-sans-serif, -apple-system, "Segoe UI", Inter, Roboto, sans-serif }
main { width: 100%; max-width: 28rem; padding: clamp(1rem, 5vw, 2rem); background: var(--card);
  border: 1px solid var(--line); border-radius: 14px }
main.wide { max-width: 46rem }
footer { max-width: 28rem; color: var(--soft); font-size: .8rem; text-align: center; overflow-wrap: anywhere }
h1 { margin: 0 0 .5rem; font-size: 1.3rem; line-height: 1.25; letter-spacing: -.01em; text-wrap: balance;
  overflow-wrap: anywhere }
h2 { margin: 2rem 0 .25rem; font: 600 1rem/1.4 ui-monospace, monospace; overflow-wrap: anywhere }
h2:target { text-decoration: underline 3px var(--accent); text-underline-offset: .3em }
p { margin: 0 0 .75rem; overflow-wrap: anywhere }
main > :last-child, main > :last-child p:last-child { margin-bottom: 0 }
a { color: var(--link); font-weight: 600 }
ul { margin: 0; padding: 0; list-style: none; columns: 16rem; font: .9rem/1.8 ui-monospace, monospace }
svg { flex: none; width: 1.1rem; height: 1.1rem; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round;
  stroke-linejoin: round }
.marks { display: flex; align-items: center; gap: .5rem; margin: 0 0 .8rem }
.marks::before { content: ""; order: 1; flex: 0 1 4.8rem; border-top: 2px dotted var(--soft) }
.mark { flex: none; display: grid; place-items: center; width: 2.6rem; height: 2.6rem; border-radius: 11px;
  background: var(--accent); color: var(--on-accent); font-weight: 700 }
.mark.theirs { order: 2; background: transparent; border: 2px solid var(--soft); color: var(--soft) }
.mark.logo { width: auto; min-width: 2.6rem; max-width: 7rem; padding: .25rem; border: 1px solid var(--line);
  background: #fff }
.mark.logo img { display: block; max-width: 100%; height: 2rem; object-fit: contain }
.state { display: flex; align-items: center; gap: .6rem; margin: 0 0 .8rem; color: var(--soft) }
.state svg { width: 2.2rem; height: 2.2rem }
.product { display: flex; gap: .6rem; align-items: center; margin: 0 0 1rem; font-weight: 600; overflow-wrap: anywhere }
.product .mark { width: 1.9rem; height: 1.9rem; border-radius: 8px; font-size: .8rem }
.product .mark.logo { width: auto; min-width: 1.9rem; max-width: 5.5rem; padding: .15rem }
.product .mark.logo img { height: 1.5rem }
.account { display: grid; grid-template-columns: auto minmax(0, 1fr); column-gap: .75rem; align-items: center; margin: .75rem 0;
  padding: .6rem .8rem; border: 1px solid var(--line); border-left: 5px solid var(--accent); border-radius: 10px }
.account p { grid-column: 1 / -1; margin: 0 0 .2rem; color: var(--soft); font-size: .85rem }
.account strong { grid-column: 2; font-size: 1.15rem; line-height: 1.3; overflow-wrap: anywhere }
.account .initials { grid-row: 2 / span 2; display: grid; place-items: center; width: 2.6rem; height: 2.6rem;
  border-radius: 50%; background: var(--line); font-weight: 600 }
.facts { columns: auto; display: grid; gap: .4rem; font: inherit; font-size: .93rem; line-height: 1.35 }
.facts li { display: flex; gap: .5rem; overflow-wrap: anywhere }
.facts svg { margin-top: .1rem; color: var(--link) }
.warning { margin: .2rem 0 -.2rem; text-align: center; font-size: .87rem; color: var(--soft) }
.reason { margin-top: 1rem; color: var(--soft); font-size: .93rem }
form { display: grid; gap: .3rem; margin: .9rem 0 0 }
button, .button { display: block; width: 100%; min-height: 2.8rem; padding: .55rem 1rem; border: 1px solid var(--accent);
  border-radius: 10px; background: var(--accent); color: var(--on-accent); font: inherit; font-weight: 600; text-align: center;
  text-decoration: none; cursor: pointer; overflow-wrap: anywhere }
button.out { border-color: transparent; background: transparent; color: var(--ink); text-decoration: underline;
  text-underline-offset: .2em }
:focus-visible { outline: 3px solid var(--ink); outline-offset: 3px }
@media (forced-colors: active) { .mark { border: 2px solid ButtonText } }`

/** A sheet that sets the tenant's colours, in the shades that are readable on light and on dark. */
export function brandStyle({ color, darkColor = color }: Branding): string {
  const { light } = palettes(color)
  const { dark } = palettes(darkColor)
  return `:root { ${variables(light)} } @media (prefers-color-scheme: dark) { :root { ${variables(dark)} } }`
}

function variables({ accent, onAccent, link }: Palette): string {
  return `--accent: ${accent}; --on-accent: ${onAccent}; --link: ${link}`
}
