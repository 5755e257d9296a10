// The frame of the simulator's pages, in light and dark.
import { initialsOf } from '#http/pages/marks.ts'

/** An application as its mark shows it. */
export interface Marked {
  readonly name: string
  /** A data URL. */
  readonly logo?: string
}

export function page(title: string, content: string): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${content}
</main>
<footer>Local ClickFunnels simulator. No real account is involved.</footer>
</body>
</html>
`
}

/** The application by its logo or initials, and ClickFunnels, joined by a line. The text beside it says both names. */
export function twoMarks({ name, logo }: Marked): string {
  const application =
    logo === undefined
      ? `<span class="mark">${escapeHtml(initialsOf(name))}</span>`
      : `<img class="mark" src="${escapeHtml(logo)}" alt="">`
  return `<div class="marks" aria-hidden="true">${application}
<span class="mark own"><svg viewBox="0 0 24 24"><path d="M4 5h16l-6 7v6l-4 2v-8z"/></svg></span></div>`
}

export function escapeHtml(value: string): string {
  return value
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; --ink: #1c2536; --soft: #526079; --paper: #f3f5f9;
  --card: #fff; --line: #dbe1ea; --edge: #8793a8; --accent: #1d4fd7; --on-accent: #fff; --chosen: #eef3ff; --focus: #b45309; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8ecf4; --soft: #a8b3c7; --paper: #0f141d; --card: #19202c;
  --line: #323c4e; --edge: #6b7890; --accent: #8fb0ff; --on-accent: #0b1220; --chosen: #212d46; --focus: #fbbf24; } }
body { margin: 0; background: var(--paper); color: var(--ink); }
main { box-sizing: border-box; max-width: 30rem; margin: 3rem auto 1rem; padding: 2rem; background: var(--card);
  border: 1px solid var(--line); border-radius: 12px; overflow-wrap: anywhere; }
h1 { margin: 0 0 1rem; font-size: 1.4rem; line-height: 1.25; }
ul { margin: 0 0 1.5rem; padding-left: 1.25rem; }
fieldset { margin: 0; padding: 0; border: 0; min-width: 0; }
legend { margin-bottom: .75rem; padding: 0; font-weight: 600; }
.marks { display: flex; align-items: center; gap: .5rem; margin-bottom: 1rem; }
.marks::before { content: ""; order: 1; width: 4rem; border-top: 2px dotted var(--soft); }
.mark { display: grid; place-items: center; width: 2.6rem; height: 2.6rem; box-sizing: border-box;
  border: 2px solid var(--soft); border-radius: 10px; color: var(--ink); font-weight: 700; }
img.mark { border: 0; object-fit: contain; }
.mark.own { order: 2; border-color: var(--accent); background: var(--accent); }
.mark svg { width: 1.3rem; fill: none; stroke: var(--on-accent); stroke-width: 2; stroke-linejoin: round; }
.choice { display: flex; gap: .75rem; align-items: flex-start; margin-bottom: .5rem; padding: .75rem 1rem;
  border: 1px solid var(--line); border-radius: 8px; cursor: pointer; }
.choice:has(:checked) { border-color: var(--accent); background: var(--chosen); }
.choice input { margin-top: .35rem; accent-color: var(--accent); }
small { display: block; color: var(--soft); }
.buttons { display: flex; gap: .75rem; margin-top: 1.5rem; }
button { flex: 1; padding: .7rem 1rem; border: 1px solid var(--edge); border-radius: 8px; background: var(--card);
  color: inherit; font: inherit; font-weight: 600; cursor: pointer; }
button.primary { border-color: var(--accent); background: var(--accent); color: var(--on-accent); }
.note { margin: 1rem 0 0; color: var(--soft); font-size: .85rem; }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
footer { margin: 0 1rem 2rem; text-align: center; color: var(--soft); font-size: .85rem; }
@media (max-width: 32rem) { main { margin-top: 0; padding: 1.25rem; border-radius: 0; border-width: 0 0 1px; } }
`
