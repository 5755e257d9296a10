// What an end user sees of us on the way to ClickFunnels and back: who is about to be connected, or why it does not go
// on and what to do next. In the language of the browser, in the name and colour of the product.

import type { LinkOutcome } from '#domain/connect/authorize.ts'
import type { Product } from '#domain/connect/product.ts'
import { ServiceError } from '#domain/errors.ts'
import { type Answer, CONFIRMATION_COOKIE, hostCookie } from '../message/answer.ts'
import type { ApiRequest } from '../message/request.ts'
import { PROBLEMS } from '../problems/problem.ts'
import { html, page } from './page.ts'
import { textsFor } from './texts.ts'
import type { Refusal } from './texts-type.ts'

type Confirm = Extract<LinkOutcome, { outcome: 'confirm' }>
type Reader = Pick<ApiRequest, 'headers'>

const CONFIRMATION_SECONDS = 30 * 60

export interface ConfirmationForm {
  readonly linkSecret: string
  /** Where the form's redirect leads. */
  readonly providerUrl: string
  /** The form was sent before, and the cookie was not there. */
  readonly forgotten: boolean
}

/**
 * Names the product and the account before anything happens, so that nobody approves for somebody else's account
 * unknowingly. The form sends back what the cookie holds: only a browser that was shown this page has both. The
 * account's id stands beside its name, because an end user may be able to choose the name.
 */
export function confirmationPage(
  reader: Reader,
  { linkSecret, providerUrl, forgotten }: ConfirmationForm,
  { product, session, confirmation }: Confirm,
): Answer {
  const { language, confirm } = textsFor(reader.headers['accept-language'])
  const { id, displayName } = session.endUser
  const secret = confirmation.reveal()
  return page({
    status: 200,
    title: confirm.title(product.name),
    language,
    product,
    content: html`${forgotten ? html`<p role="alert"><b>${confirm.cookies}</b></p>` : ''}<p>${confirm.access(product.name)}</p>
<div class="account"><p>${confirm.account(product.name)}</p>
<strong><bdi>${displayName ?? id}</bdi></strong>${displayName === undefined ? '' : html`<span><bdi>${id}</bdi></span>`}</div>
<p>${confirm.consequence(product.name)}</p>
<form method="get" action="/v1/authorize">
<input type="hidden" name="session" value="${linkSecret}">
<input type="hidden" name="confirmation" value="${secret}">
<button class="go" type="submit">${confirm.go}</button>
<button type="submit" name="decision" value="decline">${confirm.notMine}</button>
</form>
<p class="warning">${confirm.warning}</p>`,
    cookies: [hostCookie(CONFIRMATION_COOKIE, secret, CONFIRMATION_SECONDS)],
    // A form's targets include what it is redirected to: ClickFunnels, and whatever page of theirs asks for a login.
    formTargets: `'self' https: ${new URL(providerUrl).origin}`,
  })
}

/** 200 for what the end user chose, else what an API would answer. */
const STATUSES: Readonly<Record<Exclude<Refusal, 'fault'>, number>> = {
  unknown: 404,
  used: 410,
  expired: 410,
  suspended: 403,
  other_browser: 403,
  other_app: 400,
  declined: 200,
}

/** Says why it does not go on, and what to do; leads back to the product where that is known. */
export function refusalPage(reader: Reader, refusal: Exclude<Refusal, 'fault'>, product?: Product): Answer {
  return endPage(reader, STATUSES[refusal], refusal, product)
}

/** What a browser sees when something fails that should not: a problem document would help nobody there. */
export function faultPage(reader: Reader, error: unknown): Answer {
  const known = error instanceof ServiceError ? error : undefined
  const { headers, ...answer } = endPage(reader, known ? PROBLEMS[known.code].status : 500, 'fault')
  const retryAfter = known?.retryAfterSeconds
  return { ...answer, headers: { ...headers, ...(retryAfter && { 'retry-after': String(retryAfter) }) } }
}

function endPage(reader: Reader, status: number, refusal: Refusal, product?: Product): Answer {
  const { language, refusals, back } = textsFor(reader.headers['accept-language'])
  const { title, explanation, remedy } = refusals[refusal]
  const way =
    product?.returnTo && html`<p><a class="button" href="${product.returnTo}">${back(product.name)}</a></p>`
  return page({
    status,
    title,
    language,
    ...(product && { product }),
    content: html`<p>${explanation}</p><p>${remedy}</p>${way ?? ''}`,
  })
}
