// What an end user sees of us on the way to ClickFunnels and back: who is about to be connected, or why it does not go
// on and what to do next.
import type { LinkOutcome } from '#domain/authorize.ts'
import type { ResponseOutcome } from '#domain/callback.ts'
import type { Answer } from './answer.ts'
import { html, page } from './page.ts'

type Confirm = Extract<LinkOutcome, { outcome: 'confirm' }>

export const CONFIRMATION_COOKIE = '__Host-fc-confirmation'
const CONFIRMATION_SECONDS = 30 * 60

/**
 * Names the product and the account before anything happens, so that nobody approves for somebody else's account
 * unknowingly. The form sends back what the cookie holds: only a browser that was shown this page has both.
 */
export function confirmationPage(linkSecret: string, { tenantName, session, confirmation }: Confirm): Answer {
  const { endUser } = session
  const secret = confirmation.reveal()
  return page(
    200,
    `Connect ClickFunnels to ${tenantName}`,
    html`<p>${tenantName} will get access to the ClickFunnels workspace you choose on the next page.</p>
<dl><dt>Product</dt><dd>${tenantName}</dd><dt>Account</dt><dd>${endUser.displayName ?? endUser.id}</dd></dl>
<form method="get" action="/v1/authorize">
<input type="hidden" name="session" value="${linkSecret}">
<input type="hidden" name="confirmation" value="${secret}">
<button type="submit">Continue to ClickFunnels</button>
</form>
<small>Is this not your account? Then close this page: somebody else may have sent you the link.</small>`,
    [hostCookie(CONFIRMATION_COOKIE, secret, CONFIRMATION_SECONDS)],
    // A form's target includes what it redirects to, and the provider's host is configuration.
    '*',
  )
}

type Refusal = Exclude<LinkOutcome['outcome'] | ResponseOutcome['outcome'], 'confirm' | 'redirect' | 'return'>

const REFUSALS: Readonly<Record<Refusal, { status: number; title: string; explanation: string }>> = {
  unknown: {
    status: 404,
    title: 'This link is not known',
    explanation: 'It is incomplete, was used before, or has been gone for a while.',
  },
  used: {
    status: 410,
    title: 'This link was used before',
    explanation: 'Each link starts one connection only.',
  },
  expired: {
    status: 410,
    title: 'This took too long',
    explanation: 'For safety, a link works for a short time only.',
  },
  suspended: {
    status: 403,
    title: 'Connecting is switched off',
    explanation: 'The product you came from cannot connect workspaces at present.',
  },
  other_browser: {
    status: 403,
    title: 'This was started in another browser',
    explanation: 'ClickFunnels has to send you back to the browser in which you pressed "Connect".',
  },
  other_app: {
    status: 400,
    title: 'This answer belongs elsewhere',
    explanation: 'It was meant for another application than the one it was sent to.',
  },
}

/** Says why it does not go on, and what to do. */
export function refusalPage(refusal: Refusal): Answer {
  const { status, title, explanation } = REFUSALS[refusal]
  return page(
    status,
    title,
    html`<p>${explanation}</p>
<p>Nothing was connected. Go back to the product you came from and press "Connect" again.</p>`,
  )
}

/** A cookie of this very host: only over https, unreadable for scripts, sent when ClickFunnels sends the browser back. */
export function hostCookie(name: string, value: string, seconds: number): string {
  return `${name}=${value}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=${seconds}`
}
