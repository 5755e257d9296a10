// The demo product's message for each outcome: what happened, and what to do next.

export interface Notice {
  readonly kind: 'success' | 'trouble'
  readonly text: string
}

const trouble = (text: string): Notice => ({ kind: 'trouble', text })

const DENIED =
  'You did not allow Tidemark to access ClickFunnels. Nothing was connected. Connect again whenever you like.'
const EXPIRED = 'This attempt to connect has expired. Connect again.'

const NOTICES: Readonly<Record<string, Notice>> = {
  connected: { kind: 'success', text: 'ClickFunnels is connected.' },
  active: { kind: 'success', text: 'ClickFunnels works again.' },
  disconnected: {
    kind: 'success',
    text: 'ClickFunnels is disconnected. Tidemark can no longer read your funnels.',
  },
  denied: trouble(DENIED),
  access_denied: trouble(DENIED),
  end_user_mismatch: trouble(
    'You’re signed in as a different user than the one who started. Start again from this account.',
  ),
  workspace_mismatch: trouble(
    'You chose a different ClickFunnels workspace, so nothing was changed. Reconnect and choose the same workspace as before, or disconnect first.',
  ),
  session_not_completable: trouble(
    'This attempt to connect has expired or was already used. Connect again if ClickFunnels is not connected.',
  ),
  session_expired: trouble(EXPIRED),
  expired: trouble(EXPIRED),
  link_used: trouble('This link was already used. Connect again if ClickFunnels is not connected.'),
  started_in_other_browser: trouble(
    'You started in a different browser, or this browser did not keep a cookie. Connect again from this browser.',
  ),
  network_error: trouble('Tidemark can’t reach Funnel Connect. Try again in a minute.'),
  reauthorization_required: trouble(
    'Tidemark no longer has access to ClickFunnels. Reconnect to restore it.',
  ),
  grant_refused: trouble('ClickFunnels did not confirm the connection. Connect again.'),
  app_credentials_refused: trouble(
    'ClickFunnels does not accept Tidemark’s own credentials. Our team has to check the client secret.',
  ),
  upstream_unreachable: trouble('ClickFunnels can’t be reached right now. Try again in a minute.'),
  upstream_slow: trouble('ClickFunnels is slow. Try again in a minute.'),
  upstream_timeout: trouble('ClickFunnels did not answer in time. Try again in a minute.'),
  invalid_credential: trouble('Funnel Connect did not accept your login. Load the page again.'),
  not_found: trouble('This connection no longer exists. Connect again.'),
}

/** The notice for an error code of the service or of the return URL, or for an outcome. An unknown code is shown as it is. */
export function noticeFor(code: string): Notice {
  return (
    NOTICES[code] ??
    trouble(`That did not work (${code}). Try again. If it keeps happening, tell our support this code.`)
  )
}
