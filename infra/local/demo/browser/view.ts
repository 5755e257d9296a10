// The demo product's page: before ClickFunnels is connected, and while it is connected. The list of connections below it and the
// banner above it are elements of the client library.
import type { Connection, Funnel } from '@funnel-connect/client'
import type { Event } from '@funnel-connect/client/server'
import { h } from './elements.ts'
import { eventStrip } from './events.ts'
import type { Notice } from './notices.ts'

interface User {
  readonly id: string
  readonly name: string
}

export interface Account {
  readonly user: User
  readonly others: readonly User[]
}

export interface Listing {
  readonly funnels: readonly Funnel[]
  /** The cursor of the next page, if there is one. */
  readonly next: string | undefined
}

export interface State {
  readonly account: Account
  /** Whether the page has asked for the connection yet. */
  readonly known: boolean
  readonly busy: boolean
  readonly notice?: Notice | undefined
  readonly connection?: Connection | undefined
  readonly listing?: Listing | undefined
  /** The latest, newest first. */
  readonly events: readonly Event[]
}

export interface Actions {
  connect(popup: boolean): void
  more(): void
  switchUser(id: string): void
}

let shown: State | undefined

/**
 * Shows the state. A part of the page is made anew only if what it shows has changed: a click on a button that is replaced between
 * press and release is lost. The focus stays on its control, if that is still on the page.
 */
export function render(state: State, actions: Actions): void {
  const before = shown
  shown = state
  const changed = (...names: (keyof State)[]) =>
    before === undefined || names.some((name) => before[name] !== state[name])
  const focused = document.activeElement?.id
  const { notice, connection, known, busy } = state
  if (changed('account')) place('account').replaceChildren(...accountMenu(state.account, actions))
  // The region itself stays, because screen readers announce changes only in a region that they know.
  if (changed('notice'))
    place('notice').replaceChildren(
      ...(notice ? [h('p', { class: `notice ${notice.kind}` }, notice.text)] : []),
    )
  if (changed('events')) place('events').replaceChildren(...eventStrip(state.events))
  place('connections').hidden = !connection
  const app = place('app')
  app.setAttribute('aria-busy', String(busy))
  if (!known || !changed('known', 'busy', 'connection', 'listing')) return
  app.replaceChildren(...(connection ? connected(connection, state, actions) : invitation(state, actions)))
  if (focused) document.getElementById(focused)?.focus()
}

const place = (id: string) => document.getElementById(id) as HTMLElement

function accountMenu({ user, others }: Account, { switchUser }: Actions): Node[] {
  const switches = others.map(({ id, name }) =>
    h('button', { class: 'link', onclick: () => switchUser(id) }, `Switch to ${name}`),
  )
  return [h('span', {}, `Logged in as ${user.name}`), ...switches]
}

function invitation({ busy }: State, actions: Actions): Node[] {
  return [
    h('h1', {}, 'Know which funnels earn their keep'),
    h(
      'p',
      { class: 'soft' },
      'Tidemark reads your ClickFunnels funnels and tells you which ones to improve, merge or retire. Connecting takes one click. You copy no keys.',
    ),
    h(
      'section',
      { class: 'card row' },
      source('Not connected'),
      connectButtons('Connect to ClickFunnels', busy, actions),
    ),
    h(
      'ol',
      { class: 'steps' },
      h('li', {}, 'You choose a workspace at ClickFunnels and approve.'),
      h('li', {}, 'Your funnels appear here, live ones and drafts.'),
      h('li', {}, 'You can disconnect at any time. Tidemark then loses its access.'),
    ),
  ]
}

function connected(connection: Connection, state: State, actions: Actions): Node[] {
  return [
    h('h1', {}, `Funnels of ${connection.workspace.name ?? 'your workspace'}`),
    ...(state.listing ? funnels(state.listing, state.busy, actions) : []),
  ]
}

function source(text: string): Node {
  return h(
    'div',
    { class: 'source' },
    h('div', {}, h('h2', {}, 'ClickFunnels'), h('p', { class: 'soft' }, text)),
  )
}

function connectButtons(text: string, busy: boolean, { connect }: Actions): Node {
  return h(
    'div',
    { class: 'actions' },
    button('connect', text, busy, () => connect(false), 'primary'),
    button('connect-popup', 'In a pop-up', busy, () => connect(true)),
  )
}

function funnels({ funnels, next }: Listing, busy: boolean, { more }: Actions): Node[] {
  const live = funnels.filter(({ live_mode }) => live_mode).length
  const figures = {
    Funnels: `${funnels.length}${next ? '+' : ''}`,
    Live: live,
    Drafts: funnels.length - live,
  }
  const rows = funnels.map((funnel) =>
    h(
      'tr',
      {},
      h('td', {}, funnel.name),
      h('td', {}, funnel.current_path ?? ''),
      h('td', {}, funnel.live_mode ? h('span', { class: 'live' }, 'Live') : 'Draft'),
      h('td', {}, funnel.updated_at?.slice(0, 10) ?? ''),
    ),
  )
  const heads = ['Name', 'Path', 'State', 'Updated'].map((head) => h('th', { scope: 'col' }, head))
  return [
    h(
      'dl',
      { class: 'figures' },
      ...Object.entries(figures).map(([name, figure]) =>
        h('div', {}, h('dt', {}, name), h('dd', {}, `${figure}`)),
      ),
    ),
    h(
      'section',
      { class: 'card' },
      h('h2', {}, 'All funnels'),
      h(
        'div',
        { class: 'scroll', role: 'region', 'aria-label': 'Funnels', tabindex: '0' },
        h('table', {}, h('thead', {}, h('tr', {}, ...heads)), h('tbody', {}, ...rows)),
      ),
      next
        ? button('more', 'Show more', busy, more)
        : h('p', { class: 'soft' }, `These are all ${funnels.length} funnels.`),
    ),
  ]
}

/** `aria-disabled` instead of `disabled`: so it keeps the keyboard's focus while the page is busy. */
function button(id: string, text: string, busy: boolean, act: () => void, kind = ''): Node {
  const onclick = () => {
    if (!busy) act()
  }
  return h('button', { id, class: kind, 'aria-disabled': String(busy), onclick }, text)
}
