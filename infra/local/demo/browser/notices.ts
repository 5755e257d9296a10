// What the demo product says to its user about each outcome: what happened, and what to do next.

export interface Notice {
  readonly kind: 'success' | 'trouble'
  readonly text: string
}

const trouble = (text: string): Notice => ({ kind: 'trouble', text })

const NOTICES: Readonly<Record<string, Notice>> = {
  connected: { kind: 'success', text: 'ClickFunnels is connected.' },
  disconnected: {
    kind: 'success',
    text: 'ClickFunnels is disconnected. Tidemark can no longer read your funnels.',
  },
  denied: trouble(
    'You did not give Tidemark access to ClickFunnels, so nothing was connected. Connect again whenever you like.',
  ),
  access_denied: trouble(
    'You did not give Tidemark access to ClickFunnels, so nothing was connected. Connect again whenever you like.',
  ),
  end_user_mismatch: trouble(
    'The connection was begun by somebody else than who is logged in now, so it was not made. Begin again from this account.',
  ),
  workspace_mismatch: trouble(
    'You picked another ClickFunnels workspace than the one connected so far, so nothing was changed. Reconnect and pick the same one, or disconnect first.',
  ),
  session_not_completable: trouble('This attempt to connect has run out or was used already. Connect again.'),
  session_expired: trouble('This attempt to connect has run out. Connect again.'),
  expired: trouble('This attempt to connect has run out. Connect again.'),
  link_used: trouble('This link was used before. Connect again if ClickFunnels is not connected.'),
  started_in_other_browser: trouble(
    'You came back in another browser than the one you began in. Connect again from this one.',
  ),
  network_error: trouble('Tidemark cannot reach Funnel Connect. Try again in a minute.'),
  reauthorization_required: trouble('ClickFunnels no longer accepts our access. Reconnect to give it again.'),
  grant_refused: trouble('ClickFunnels did not confirm the connection. Connect again.'),
  app_credentials_refused: trouble(
    'ClickFunnels refuses Tidemark itself. Our team has to check the application’s client secret.',
  ),
  upstream_unreachable: trouble('ClickFunnels cannot be reached right now. Try again in a minute.'),
  upstream_timeout: trouble('ClickFunnels takes too long to answer. Try again in a minute.'),
  invalid_credential: trouble('Funnel Connect does not accept your login. Log in again.'),
  not_found: trouble('This connection does not exist any more. Connect again.'),
}

/** Words for a code of the service, of the return URL or of our own; unknown ones are shown by their name. */
export function noticeFor(code: string): Notice {
  return (
    NOTICES[code] ??
    trouble(`That did not work (${code}). Try again; if it stays so, tell our support this word.`)
  )
}
