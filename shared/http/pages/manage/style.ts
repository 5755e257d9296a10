// The styles of the manage page, in addition to those of every page.
export const MANAGE_STYLE = `
.account { margin-bottom: 1rem }
.note { padding: .6rem .8rem; border-left: 4px solid var(--accent); background: var(--paper); border-radius: 6px }
.rows { columns: auto; font: inherit; margin: 0 0 1rem }
.rows li { padding: .8rem 0; border-top: 1px solid var(--line) }
.rows li:last-child { border-bottom: 1px solid var(--line) }
.what { display: flex; flex-wrap: wrap; gap: .15rem .6rem; align-items: center; margin: 0; line-height: 1.35 }
.what strong { flex: 1 1 8rem; overflow-wrap: anywhere }
.soft { flex-basis: 100%; color: var(--soft); font-size: .87rem; overflow-wrap: anywhere }
.chip { padding: .1rem .6rem; border-radius: 1rem; background: #fdeee3; color: #4a1c08; font-size: .82rem; font-weight: 600 }
.chip.ok { background: #dff3ea; color: #0b4034 }
.why { margin: .4rem 0 0; font-size: .93rem; line-height: 1.4 }
.acts { display: flex; flex-wrap: wrap; gap: .5rem; margin: .6rem 0 0 }
.acts form { margin: 0; flex: 0 1 auto }
.acts button { width: auto; min-height: 2.75rem; padding: .35rem .9rem; font-size: .93rem }
main > .keep { margin: .6rem 0 0 }
button.quiet, .button.quiet { border-color: var(--soft); background: transparent; color: var(--ink) }
@media (forced-colors: active) { .chip { border: 1px solid CanvasText } }`
