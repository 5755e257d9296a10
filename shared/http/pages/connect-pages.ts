// The pages that an end user may see on the way to ClickFunnels and back: the confirmation, or why the connection
// cannot go on and what to do next. They use the browser's language and the product's name, logo and colour.
import { confirmationCookieName, type LinkOutcome } from '#domain/connect/authorize.ts'
import type { ShownProduct } from '#domain/connect/product.ts'
import { ServiceError } from '#domain/errors.ts'
import { type Answer, hostCookie } from '../message/answer.ts'
import type { ApiRequest } from '../message/request.ts'
import { PROBLEMS } from '../problems/problem.ts'
import { accountMark, markOf, PROBLEM, STOPPED, TICK, twoMarks } from './marks.ts'
import { html, page, together } from './page.ts'
import { textsFor } from './texts.ts'
import type { Refusal } from './texts-type.ts'

export type Confirm = Extract<LinkOutcome, { outcome: 'confirm' }> & { readonly product: ShownProduct }

/** The request of the browser that reads a page, and who runs the service. */
export interface Reader extends Pick<ApiRequest, 'headers'> {
  readonly operatorName: string
}

const CONFIRMATION_SECONDS = 30 * 60

export interface ConfirmationForm {
  readonly linkSecret: string
  /** The redirect that answers the form leads here. */
  readonly providerUrl: string
  /** The browser sent the form, but not the cookie. */
  readonly forgotten: boolean
}

/**
 * Names the product and the account before the browser goes to ClickFunnels. So an end user notices when a link would
 * connect their workspace to an attacker's account. The page shows the account's id as large as its name, because end users
 * may be able to choose their names. Form and cookie hold the same secret: only a browser that saw this page has both.
 */
export function confirmationPage(
  reader: Reader,
  { linkSecret, providerUrl, forgotten }: ConfirmationForm,
  { product, session, confirmation }: Confirm,
): Answer {
  const { language, confirm, runBy } = textsFor(reader.headers['accept-language'])
  const { id, displayName } = session.endUser
  const secret = confirmation.reveal()
  const { name } = product
  const facts = [confirm.choice(name), confirm.work(name), confirm.shared(name)]
  return page({
    status: 200,
    title: confirm.title(name),
    language,
    product,
    above: twoMarks(product),
    footer: runBy(name, reader.operatorName),
    content: html`${forgotten ? html`<p role="alert"><b>${confirm.cookies}</b></p>` : ''}<p>${confirm.access(name)}</p>
<div class="account"><p>${confirm.account(name)}</p>${accountMark(displayName ?? id)}
${displayName === undefined ? '' : html`<strong><bdi>${displayName}</bdi></strong>`}<strong><bdi>${id}</bdi></strong></div>
<ul class="facts">${together(facts.map((fact) => html`<li>${TICK}${fact}</li>`))}</ul>
<form method="get" action="/v1/authorize">
<input type="hidden" name="session" value="${linkSecret}">
<input type="hidden" name="confirmation" value="${secret}">
<button class="go" type="submit">${confirm.go}</button>
<p class="warning" id="warning">${confirm.warning}</p>
<button class="out" type="submit" name="decision" value="decline" aria-describedby="warning">${confirm.notYou}</button>
</form>`,
    cookies: [hostCookie(confirmationCookieName(linkSecret), secret, CONFIRMATION_SECONDS)],
    // CSP checks redirects after a form, too. This one leads to ClickFunnels, which may redirect to its login page.
    formTargets: `'self' https: ${new URL(providerUrl).origin}`,
  })
}

/** 200 for what the end user chose; otherwise the status that an API would answer with. */
const STATUSES: Readonly<Record<Exclude<Refusal, 'fault'>, number>> = {
  unknown: 404,
  used: 410,
  expired: 410,
  suspended: 403,
  other_browser: 403,
  other_app: 400,
  declined: 200,
  declined_reusable: 200,
  done: 200,
  gone: 410,
  under_way: 409,
  return_url_not_registered: 403,
}

/**
 * Says why the connection cannot go on and what to do next, with a link back to the product where we know one.
 *
 *   unknown        the link's or the state's secret is not in the table, or its tenant, app or session is gone. Another
 *                  browser that loads a callback a second time lands here, too, and the session may well be connected.
 *   used           the link was followed or declined before; that attempt may have ended in a connection
 *   expired        the link's 30 minutes or the state's 10 minutes are over
 *   suspended      the tenant or its app is suspended, whatever became of the session before
 *   other_browser  the browser lacks the cookie of this state: another browser, or the cookie was not kept
 *   other_app      ClickFunnels called the redirect URI of another app
 *   declined       the end user pressed "Not you? Stop here"
 *   declined_reusable  the same with a reconnect link, which goes on working for its owner
 *   done           a reconnect link that has succeeded
 *   gone           a reconnect link whose connection was deleted
 *   under_way      a reconnect link while another opening of it is stored, which takes seconds
 *   return_url_not_registered  the tenant's operator removed the return URL after the session had started
 *
 * The texts have to be true in each of these cases.
 */
export function refusalPage(
  reader: Reader,
  refusal: Exclude<Refusal, 'fault'>,
  product?: ShownProduct,
): Answer {
  return endPage(reader, STATUSES[refusal], refusal, product)
}

/** For an unexpected error: end users cannot read a problem document. The error may come before or after the connection was stored. */
export function faultPage(reader: Reader, error: unknown): Answer {
  const known = error instanceof ServiceError ? error : undefined
  const { headers, ...answer } = endPage(reader, known ? PROBLEMS[known.code].status : 500, 'fault')
  const retryAfter = known?.retryAfterSeconds
  return { ...answer, headers: { ...headers, ...(retryAfter && { 'retry-after': String(retryAfter) }) } }
}

function endPage(reader: Reader, status: number, refusal: Refusal, product?: ShownProduct): Answer {
  const { language, refusals, back, runBy, runByAlone } = textsFor(reader.headers['accept-language'])
  const { title, explanation, remedy } = refusals[refusal]
  const way =
    product?.returnTo && html`<p><a class="button" href="${product.returnTo}">${back(product.name)}</a></p>`
  return page({
    status,
    title,
    language,
    ...(product && { product }),
    above: html`${product ? markOf(product) : ''}${['declined', 'declined_reusable', 'done'].includes(refusal) ? STOPPED : PROBLEM}`,
    footer: product ? runBy(product.name, reader.operatorName) : runByAlone(reader.operatorName),
    // What to do comes before the reason.
    content: html`<p>${remedy}</p>${way ?? ''}<p class="reason">${explanation}</p>`,
  })
}
