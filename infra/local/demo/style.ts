// The style of the demo page: one sheet for light and dark, from phones up.

export const STYLE = `
:root { color-scheme: light dark; --ink: #14231f; --soft: #53655f; --paper: #f7f6f1; --card: #fff; --line: #dcdfd8;
  --sea: #0b6b5b; --on-sea: #fff; --foam: #e3f1ec; --rust: #9a3412; --sand: #fdeee3; }
@media (prefers-color-scheme: dark) { :root { --ink: #e9efec; --soft: #a3b3ad; --paper: #101815; --card: #18231f;
  --line: #2e3c36; --sea: #5fd0b5; --on-sea: #06231c; --foam: #17352d; --rust: #ffb489; --sand: #38231a; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; }
header { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; align-items: center; justify-content: space-between;
  padding: .8rem max(1.25rem, calc(50vw - 32rem)); border-bottom: 1px solid var(--line); background: var(--card); }
main, footer { max-width: 66.5rem; margin: 0 auto; padding: 0 1.25rem; }
.brand { display: flex; gap: .55rem; align-items: center; color: inherit; font-size: 1.15rem; font-weight: 700;
  letter-spacing: -.01em; text-decoration: none; }
.brand::before { content: "≈"; display: grid; place-items: center; width: 1.9rem; height: 1.9rem; border-radius: 9px;
  background: var(--sea); color: var(--on-sea); font-size: 1.3rem; line-height: 1; }
#account { display: flex; flex-wrap: wrap; gap: .2rem .8rem; align-items: center; color: var(--soft); font-size: .92rem; }
h1 { margin: 2.2rem 0 .5rem; font-size: clamp(1.6rem, 5vw, 2.3rem); line-height: 1.12; letter-spacing: -.025em;
  text-wrap: balance; }
h2 { margin: 0; font-size: 1.1rem; }
p { margin: .4rem 0; max-width: 44rem; }
.soft { color: var(--soft); }
.card { margin: 1.25rem 0; padding: 1.25rem; background: var(--card); border: 1px solid var(--line); border-radius: 14px; }
.row { display: flex; flex-wrap: wrap; gap: .75rem 1rem; align-items: center; justify-content: space-between; }
.source { display: flex; gap: .9rem; align-items: center; }
.source::before { content: "CF"; flex: none; display: grid; place-items: center; width: 2.6rem; height: 2.6rem;
  border-radius: 10px; background: var(--foam); color: var(--sea); font-weight: 700; }
.source p { margin: 0; }
.steps { display: grid; grid-template-columns: repeat(auto-fit, minmax(14rem, 1fr)); gap: 1rem; margin: 1.5rem 0;
  padding: 0; list-style: none; counter-reset: step; }
.steps li { padding-top: .9rem; border-top: 3px solid var(--line); counter-increment: step; }
.steps li::before { content: counter(step); color: var(--sea); font-weight: 700; margin-right: .5rem; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(5.5rem, 1fr)); gap: .75rem; margin: 1.25rem 0; }
.figures div { padding: .9rem clamp(.8rem, 3vw, 1.25rem); background: var(--card); border: 1px solid var(--line); border-radius: 14px; }
.figures dt { color: var(--soft); font-size: .88rem; }
.figures dd { margin: 0; font-size: 1.7rem; font-weight: 650; font-variant-numeric: tabular-nums; letter-spacing: -.02em; }
.notice { margin: 1.25rem 0 0; padding: .8rem 1rem; border-radius: 10px; border-left: 4px solid; max-width: none; }
.success { background: var(--foam); border-color: var(--sea); }
.trouble { background: var(--sand); border-color: var(--rust); }
.actions { display: flex; flex-wrap: wrap; gap: .6rem; }
button { min-height: 2.75rem; padding: .6rem 1.1rem; border: 1px solid var(--soft); border-radius: 10px;
  background: transparent; color: inherit; font: inherit; font-weight: 600; cursor: pointer; }
button.primary { border-color: var(--sea); background: var(--sea); color: var(--on-sea); }
button.link { min-height: 1.5rem; padding: .15rem 0; border: 0; color: var(--sea); font-weight: 500; text-decoration: underline; }
button[aria-disabled=true] { opacity: .65; cursor: progress; }
:focus-visible { outline: 3px solid var(--rust); outline-offset: 2px; }
clickfunnels-reconnect-banner { margin: 1.25rem 0 0; --banner-background: var(--sand); --banner-color: var(--ink); --banner-radius: 10px; }
clickfunnels-connections { --connect-background: var(--sea); --connect-color: var(--on-sea); --connect-radius: 10px; }
.choice { display: flex; gap: .5rem; align-items: center; min-height: 2.75rem; }
.choice input { width: 1.2rem; height: 1.2rem; accent-color: var(--sea); }
.scroll { margin: .75rem 0; overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .6rem .75rem .6rem 0; border-bottom: 1px solid var(--line); text-align: left; white-space: nowrap; }
td:first-child { white-space: normal; min-width: 10rem; font-weight: 550; }
th { color: var(--soft); font-size: .85rem; font-weight: 600; }
.live { color: var(--sea); font-weight: 600; }
#events:not(:empty), #developer:not(:empty) { margin: 1.5rem 0 0; padding-top: 1.25rem; border-top: 1px solid var(--line); }
.events { margin: .6rem 0 0; padding: 0; list-style: none; font-size: .92rem; }
.events li { display: flex; flex-wrap: wrap; gap: .1rem .9rem; padding: .45rem 0; border-bottom: 1px solid var(--line); }
.events time { color: var(--soft); font-variant-numeric: tabular-nums; }
.events span { flex: 1 1 14rem; }
.events code { color: var(--soft); font-size: .85rem; overflow-wrap: anywhere; }
footer { padding-block: 2rem; color: var(--soft); font-size: .88rem; }
@media (max-width: 34rem) { th:nth-child(even), td:nth-child(even) { display: none; } td:first-child { min-width: 7rem; }
  .card > .actions, .card > .actions button, .card > button { width: 100%; } }
`
