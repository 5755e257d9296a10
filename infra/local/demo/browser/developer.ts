// A strip for developers: what can go wrong at ClickFunnels, at the press of a button. The demo's back end passes the action on to the
// simulator.
import { h } from './elements.ts'

const ACTIONS: readonly (readonly [action: string, button: string, effect: string])[] = [
  [
    'expire',
    'Expire the token',
    'The access token has expired. There is no refresh token, as usual at ClickFunnels. Press “Show more”: the next call notices it.',
  ],
  ['revoke', 'Revoke the tokens', 'The tokens are revoked. Press “Show more”: the next call notices it.'],
  [
    'uninstall',
    'Uninstall at ClickFunnels',
    'The app is uninstalled. ClickFunnels reports it, and the page shows it by itself.',
  ],
  [
    'outage',
    '503 for 20 seconds',
    'ClickFunnels’ API answers 503 for 20 seconds. Reads are retried, then the page says so.',
  ],
  [
    'late-event',
    'Late event',
    'ClickFunnels delivers an event late. It appears in the list of events all the same.',
  ],
]

/** @param onPopup called with whether to connect in a pop-up from now on */
export function developerStrip(onPopup: (popup: boolean) => void): Node[] {
  const effect = h('p', { class: 'soft', role: 'status' })
  const popup = h('input', {
    type: 'checkbox',
    onchange: ({ target }) => onPopup((target as HTMLInputElement).checked),
  })
  const buttons = ACTIONS.map(([action, text, expected]) =>
    h('button', { onclick: () => act(action, expected, effect) }, text),
  )
  return [
    h('h2', {}, 'For developers: let something go wrong'),
    h('p', { class: 'soft' }, 'These buttons tell the simulated ClickFunnels on this machine what to do.'),
    h('div', { class: 'actions' }, ...buttons, h('label', { class: 'choice' }, popup, 'Connect in a pop-up')),
    effect,
  ]
}

async function act(action: string, expected: string, effect: HTMLElement): Promise<void> {
  const response = await fetch(`/developer/${action}`, { method: 'POST' })
  effect.textContent = response.ok ? expected : 'The simulator did not do it. Look at the terminal.'
}
