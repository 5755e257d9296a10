// The demo page's looks: one sheet, light and dark, from phone width up.

export const STYLE = `
:root { color-scheme: light dark; --ink: #14231f; --soft: #53655f; --paper: #fbfaf6; --card: #fff; --line: #dcdfd8;
  --sea: #0b6b5b; --on-sea: #fff; --foam: #e3f1ec; --rust: #9a3412; --sand: #fdeee3; }
@media (prefers-color-scheme: dark) { :root { --ink: #e9efec; --soft: #a3b3ad; --paper: #101815; --card: #18231f;
  --line: #2e3c36; --sea: #5fd0b5; --on-sea: #06231c; --foam: #17352d; --rust: #ffb489; --sand: #38231a; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; }
header, main, footer { max-width: 60rem; margin: 0 auto; padding: 0 1.25rem; }
header { display: flex; flex-wrap: wrap; gap: .75rem 1.5rem; align-items: center; justify-content: space-between;
  padding-block: 1.1rem; }
.brand { font-weight: 700; font-size: 1.15rem; letter-spacing: -.01em; }
.brand::before { content: "≈ "; color: var(--sea); }
.who { display: flex; gap: .6rem; align-items: center; color: var(--soft); font-size: .92rem; }
h1 { margin: 2.2rem 0 .5rem; font-size: clamp(1.7rem, 5vw, 2.5rem); line-height: 1.12; letter-spacing: -.025em;
  text-wrap: balance; }
h2 { margin: 0; font-size: 1.15rem; }
p { margin: .4rem 0; max-width: 44rem; }
.soft { color: var(--soft); }
.card { margin: 1.5rem 0; padding: 1.25rem; background: var(--card); border: 1px solid var(--line); border-radius: 14px; }
.row { display: flex; flex-wrap: wrap; gap: 1rem; align-items: center; justify-content: space-between; }
.notice { margin: 1.25rem 0 0; padding: .8rem 1rem; border-radius: 10px; border-left: 4px solid; }
.success { background: var(--foam); border-color: var(--sea); }
.trouble { background: var(--sand); border-color: var(--rust); }
button { padding: .65rem 1.1rem; border: 1px solid var(--line); border-radius: 10px; background: transparent;
  color: inherit; font: inherit; font-weight: 600; cursor: pointer; }
button.primary { border-color: var(--sea); background: var(--sea); color: var(--on-sea); }
button.link { padding: .2rem; border: 0; color: var(--sea); font-weight: 500; text-decoration: underline; }
:focus-visible { outline: 3px solid var(--rust); outline-offset: 2px; }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .55rem .75rem .55rem 0; border-bottom: 1px solid var(--line); text-align: left; white-space: nowrap; }
td:first-child { white-space: normal; min-width: 10rem; }
th { color: var(--soft); font-size: .85rem; font-weight: 600; }
.live { color: var(--sea); font-weight: 600; }
footer { padding-block: 2rem; color: var(--soft); font-size: .88rem; }
@media (max-width: 34rem) { th:nth-child(2), td:nth-child(2) { display: none; } td:first-child { min-width: 7rem; }
  .card form, .card button { width: 100%; } }
`
