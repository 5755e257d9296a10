// Waits in a page until a session has ended.
import type { ConnectSession } from './api.ts'
import type { BrowserWindow, Popup, WindowMessage } from './browser.ts'
import { Problem } from './problem.ts'
import { type PopupMessage, SOURCE } from './return.ts'
import type { ConnectOptions, ConnectOutcome, SessionPorts } from './sessions.ts'
import { pause } from './transport.ts'

const POLL_SECONDS = 2
/** Polls in a row that may fail before `connect` throws. */
const MAX_FAILURES = 10

interface Watch extends Pick<ConnectOptions, 'signal' | 'onPopupGone'> {
  readonly popup?: Popup
}

/** Polls the session until it has ended. A message from the popup makes it poll at once. */
export async function waitForOutcome(
  page: BrowserWindow,
  ports: SessionPorts,
  id: string,
  { signal, popup, onPopupGone }: Watch,
): Promise<ConnectOutcome> {
  let wake = () => {}
  const onMessage = ({ data }: WindowMessage) => {
    const { source, session } = (data ?? {}) as Partial<PopupMessage>
    if (source === SOURCE && session === id) wake()
  }
  const channel = new BroadcastChannel(SOURCE)
  channel.onmessage = onMessage
  page.addEventListener('message', onMessage)
  let failures = 0
  let gone = false
  try {
    for (;;) {
      // Before the request, so that a message during it is not missed.
      const woken = new Promise<void>((resolve) => (wake = resolve))
      try {
        const outcome = await outcomeOf(ports, await ports.sessions.get(id, { signal }), signal)
        if (outcome) return outcome
        failures = 0
      } catch (error) {
        const transient = error instanceof Problem && (error.status === 0 || error.status >= 500)
        if (!transient || ++failures >= MAX_FAILURES) throw error
      }
      if (popup?.closed && !gone) {
        gone = true
        onPopupGone?.()
      }
      await Promise.race([pause(POLL_SECONDS, signal), woken])
    }
  } finally {
    page.removeEventListener('message', onMessage)
    channel.close()
  }
}

/** The outcome of a session; undefined while it has not ended. */
export async function outcomeOf(
  { connection }: SessionPorts,
  session: ConnectSession,
  signal: AbortSignal | undefined,
): Promise<ConnectOutcome | undefined> {
  const { status } = session
  switch (status) {
    case 'connected':
      return { status, session, connection: await connection(session.connection_id as string, { signal }) }
    case 'denied':
    case 'failed':
    case 'expired':
      return { status, session }
    default:
      return undefined
  }
}
