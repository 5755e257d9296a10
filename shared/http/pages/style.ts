// The style of our pages: one sheet for light and dark, from phones up, and one for the tenant's colour.
import { type Palette, palettes } from './brand-colors.ts'

export const STYLE = `
:root { color-scheme: light dark; --ink: #17202b; --soft: #515c6b; --paper: #f4f5f7; --card: #fff; --line: #d5dae1;
  --accent: #1c5fd4; --on-accent: #fff; --link: #1c5fd4 }
@media (prefers-color-scheme: dark) { :root { --ink: #e8ebf0; --soft: #a9b4c2; --paper: #10151c; --card: #1a212b;
  --line: #364150; --accent: #8ab4ff; --on-accent: #000; --link: #8ab4ff } }
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; display: grid; grid-template-columns: minmax(0, 1fr); place-items: center;
  padding: 1rem; background: var(--paper); color: var(--ink); font: 1rem/1.55 system-ui, sans-serif }
main { width: 100%; max-width: 28rem; padding: clamp(1.25rem, 6vw, 2rem); background: var(--card);
  border: 1px solid var(--line); border-radius: 14px }
main.wide { max-width: 46rem }
.product { display: flex; gap: .6rem; align-items: center; margin: 0 0 1.1rem; font-weight: 600; overflow-wrap: anywhere }
.product::before { content: ""; flex: none; width: .85rem; height: .85rem; border-radius: 4px; background: var(--accent) }
h1 { margin: 0 0 .75rem; font-size: 1.4rem; line-height: 1.25; letter-spacing: -.01em; text-wrap: balance;
  overflow-wrap: anywhere }
h2 { margin: 2rem 0 .25rem; font: 600 1rem/1.4 ui-monospace, monospace; overflow-wrap: anywhere }
h2:target { text-decoration: underline 3px var(--accent); text-underline-offset: .3em }
p { margin: 0 0 .75rem; overflow-wrap: anywhere }
main > :last-child, main > :last-child p:last-child { margin-bottom: 0 }
a { color: var(--link); font-weight: 600 }
ul { margin: 0; padding: 0; list-style: none; columns: 16rem; font: .9rem/1.8 ui-monospace, monospace }
.account { margin: 1.25rem 0; padding: .9rem 1rem; border: 1px solid var(--line); border-left: 5px solid var(--accent);
  border-radius: 10px }
.account p { margin: 0; color: var(--soft); font-size: .9rem }
.account strong { display: block; font-size: 1.3rem; line-height: 1.3; overflow-wrap: anywhere }
.warning { margin-top: 1.25rem; font-size: .93rem }
form { display: grid; gap: .7rem; margin: 1.25rem 0 0 }
button, .button { display: block; width: 100%; min-height: 2.9rem; padding: .65rem 1rem; border: 1px solid var(--soft);
  border-radius: 10px; background: transparent; color: var(--ink); font: inherit; font-weight: 600; text-align: center;
  text-decoration: none; cursor: pointer; overflow-wrap: anywhere }
button.go, .button { border-color: var(--accent); background: var(--accent); color: var(--on-accent) }
:focus-visible { outline: 3px solid var(--ink); outline-offset: 3px }
@media (forced-colors: active) { .product::before { forced-color-adjust: none } }`

/** A sheet that sets the tenant's colour, in the shades that are readable on light and on dark. */
export function brandStyle(color: string): string {
  const { light, dark } = palettes(color)
  return `:root { ${variables(light)} } @media (prefers-color-scheme: dark) { :root { ${variables(dark)} } }`
}

function variables({ accent, onAccent, link }: Palette): string {
  return `--accent: ${accent}; --on-accent: ${onAccent}; --link: ${link}`
}
