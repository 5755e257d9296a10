// The integration example: everything that a product's page does with Funnel Connect. It uses the client library and the
// tokens of the product's own users. It never gets a ClickFunnels token, and the product's back end serves no funnels.
import {
  type Connection,
  type ConnectOutcome,
  FunnelConnect,
  type Options,
  Problem,
} from '@funnel-connect/client'
import '@funnel-connect/client/connections'
import '@funnel-connect/client/reconnect-banner'
import { EventReader } from '@funnel-connect/client/server'
import { developerStrip } from './developer.ts'
import { tellsOfChange, withNews } from './events.ts'
import { noticeFor } from './notices.ts'
import { type Account, type Listing, render, type State } from './view.ts'

/** The product's back end says who is logged in and where Funnel Connect is. */
const account: Account & {
  readonly funnel_connect_url: string
  readonly app_id?: string
  /** Whether the page has a strip for developers. */
  readonly simulated: boolean
} = await (await fetch('/account')).json()

const TOKEN_SECONDS = 240
/** A product's back end gets events within a second by a webhook. A page asks. */
const POLL_SECONDS = 2
let token: { readonly value: string; readonly until: number } | undefined

const service: Options = {
  url: account.funnel_connect_url,
  /** Returns a JWT of the user who is logged in, and caches it until shortly before it expires. */
  token: async ({ renew, signal }) => {
    if (token === undefined || renew || token.until < Date.now()) {
      const response = await fetch('/token', { method: 'POST', signal: signal ?? null })
      token = { value: (await response.json()).token, until: Date.now() + TOKEN_SECONDS * 1000 }
    }
    return token.value
  },
}
const funnelConnect = new FunnelConnect(service)

let state: State = { account, known: false, busy: true, events: [] }

function update(change: Partial<State>): void {
  state = { ...state, ...change }
  render(state, { connect, more, switchUser })
}

/** Shows that the page is busy while an action runs. Shows a notice when the action fails. */
async function attempt(action: () => Promise<void>): Promise<void> {
  update({ busy: true, notice: undefined })
  try {
    await action()
  } catch (error) {
    const code = error instanceof Problem ? error.code : 'unexpected'
    const { connection } = state
    // The service may notice only during this call that ClickFunnels no longer accepts the access.
    const lost = code === 'reauthorization_required' && connection
    if (lost) refreshElements()
    update({
      notice: noticeFor(code),
      ...(lost && { connection: { ...connection, status: code }, listing: undefined }),
    })
  }
  update({ known: true, busy: false })
}

/** The elements look by themselves, too, but only every minute. */
function refreshElements(): void {
  for (const name of ['clickfunnels-reconnect-banner', 'clickfunnels-connections'] as const)
    void document.querySelector(name)?.refresh()
}

/** The user's newest connection and the first page of its funnels. */
async function load(): Promise<void> {
  const [connection] = (await funnelConnect.connections.list({ limit: 1 }).page()).items
  refreshElements()
  update({ connection, listing: undefined })
  if (connection?.status === 'active') update({ listing: await nextPage(connection) })
}

async function nextPage({ id }: Connection, listing?: Listing): Promise<Listing> {
  const { items, next } = await funnelConnect.funnels(id).page(listing?.next)
  return { funnels: [...(listing?.funnels ?? []), ...items], next }
}

/** Call it directly in the click, because browsers open a pop-up only then. */
function connect(popup: boolean): Promise<void> {
  return attempt(async () => {
    const outcome = await funnelConnect.connect({
      popup,
      return_url: '/connected',
      ...(account.app_id && { app_id: account.app_id }),
      ...(state.connection && { connection_id: state.connection.id }),
      onPopupGone: () => update({ busy: false }),
    })
    await showOutcome(outcome)
  })
}

async function showOutcome(outcome: ConnectOutcome): Promise<void> {
  if (!('session' in outcome)) return
  const { status, session } = outcome
  await load()
  update({ notice: noticeFor(status === 'connected' ? status : (session.error ?? status)) })
}

function more(): Promise<void> {
  return attempt(async () => {
    const { connection, listing } = state
    if (connection && listing) update({ listing: await nextPage(connection, listing) })
  })
}

/** What the elements of the client library do, the rest of the page shows, too. */
function followElements(): void {
  const banner = document.querySelector('clickfunnels-reconnect-banner')
  const list = document.querySelector('clickfunnels-connections')
  if (account.app_id) list?.setAttribute('app-id', account.app_id)
  const shown = (notice: string) => () =>
    attempt(async () => {
      await load()
      update({ notice: noticeFor(notice) })
    })
  for (const element of [banner, list]) {
    element?.addEventListener('connected', shown('connected'))
    element?.addEventListener('disconnected', shown('disconnected'))
    element?.addEventListener('problem', (event) => {
      const { detail } = event as CustomEvent<{ code?: string; error?: string; status?: string }>
      update({ notice: noticeFor(detail.code ?? detail.error ?? detail.status ?? 'unexpected') })
    })
    if (element) element.client = funnelConnect
  }
  if (!account.simulated) return
  const strip = developerStrip((popup) => {
    for (const element of [banner, list]) element?.toggleAttribute('popup', popup)
  })
  document.getElementById('developer')?.replaceChildren(...strip)
}

async function switchUser(id: string): Promise<void> {
  await fetch('/login', { method: 'POST', body: new URLSearchParams({ user: id }) })
  location.assign('/')
}

/** Follows the user's events for as long as the page is open, and shows what they tell of the connection. */
async function follow(): Promise<void> {
  const reader = new EventReader(service)
  let after: string | undefined
  for (;;) {
    try {
      for await (const page of reader.pages({ after, follow: true, pollSeconds: POLL_SECONDS })) {
        after = page.next_cursor
        update({ events: withNews(state.events, page.data) })
        if (!state.busy && tellsOfChange(page.data, state.connection?.status)) await attempt(showChange)
      }
    } catch {
      // The strip is an extra. What the user does shows that the service cannot be reached.
      await new Promise((resolve) => setTimeout(resolve, POLL_SECONDS * 1000))
    }
  }
}

/** Shows what happened to the connection elsewhere, for example at ClickFunnels. */
async function showChange(): Promise<void> {
  const before = state.connection?.status
  await load()
  const status = state.connection?.status
  // The banner says by itself that access was lost, and why.
  if (status === before || status === 'reauthorization_required') return
  update({ notice: noticeFor(status ?? 'disconnected') })
}

await attempt(async () => {
  // Continues when the browser comes back from ClickFunnels. In a pop-up, this closes the window.
  let outcome: ConnectOutcome | undefined
  try {
    outcome = await funnelConnect.complete()
  } catch (refusal) {
    // What is connected stays connected, whatever became of this attempt.
    history.replaceState(null, '', '/')
    await load()
    throw refusal
  }
  if (outcome?.status === 'handed_over') return
  // A page of Funnel Connect led back here, and this browser did not begin the session: only the error is known.
  const error = new URLSearchParams(location.search).get('error')
  if (location.pathname !== '/') history.replaceState(null, '', '/')
  if (outcome) await showOutcome(outcome)
  else await load()
  if (!outcome && error) update({ notice: noticeFor(error) })
})
followElements()
void follow()
