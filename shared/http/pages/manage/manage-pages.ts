// The manage page: an end user's connections, each with what can be done about it. It has no script: every change is a form.

import type { ShownProduct } from '#domain/connect/product.ts'
import type { Connection } from '#domain/connections/connection.ts'
import { type ConnectionProblem, connectionProblem } from '#domain/connections/connection-problem.ts'
import { ServiceError } from '#domain/errors.ts'
import type { ConnectionId } from '#domain/ids.ts'
import { MANAGE_PATH } from '#domain/manage/manage-link.ts'
import type { OpenVisit } from '#domain/manage/manage-visit.ts'
import type { ReturnNote } from '#domain/manage/return-note.ts'
import type { Answer } from '../../message/answer.ts'
import { PROBLEMS } from '../../problems/problem.ts'
import type { Reader } from '../connect-pages.ts'
import { accountMark, markOf, PROBLEM } from '../marks.ts'
import { type Html, html, page, together } from '../page.ts'
import { MANAGE_STYLE } from './style.ts'
import { manageTextsFor } from './texts.ts'
import type { ManageRefusal, ManageTexts } from './texts-type.ts'

/** A visit, with the product as its page shows it. */
type ShownVisit = OpenVisit & { readonly product: ShownProduct }

export interface ShownList {
  readonly items: readonly Connection[]
  readonly isFirst: boolean
  /** Where the next page starts. */
  readonly next?: ConnectionId
  /** What became of the visit to ClickFunnels. */
  readonly note?: ReturnNote['note']
}

export function connectionsPage(
  reader: Reader,
  visit: ShownVisit,
  { items, isFirst, next, note }: ShownList,
): Answer {
  const { language, manage, runBy } = manageTextsFor(reader.headers['accept-language'])
  const { product, link, formToken } = visit
  const { id, displayName } = link.endUser
  const token = formToken.reveal()
  const rows = items.map((connection) => row(connection, token, manage, language))
  const isEmpty = items.length === 0 && isFirst
  const ways = [
    ...(next === undefined ? [] : [way(`?after=${next}`, manage.older)]),
    ...(isFirst ? [] : [way('', manage.newest)]),
  ]
  return page({
    status: 200,
    title: manage.title(product.name),
    language,
    product,
    sheet: MANAGE_STYLE,
    above: markOf(product),
    footer: runBy(product.name, reader.operatorName),
    content: html`${note === undefined ? '' : html`<p class="note" role="status">${manage.notes[note]}</p>`}<div class="account"><p>${manage.account(product.name)}</p>${accountMark(displayName ?? id)}
${displayName === undefined ? '' : html`<strong><bdi>${displayName}</bdi></strong>`}<strong><bdi>${id}</bdi></strong></div>
${isEmpty ? html`<p>${manage.none}</p>` : html`<ul class="rows">${together(rows)}</ul>`}
${together(ways)}
${form(token, 'connect', html`<button${isEmpty ? '' : html` class="quiet"`} type="submit">${isEmpty ? manage.connect : manage.another}</button>`)}
${product.returnTo === undefined ? '' : form(token, 'leave', html`<button class="out" type="submit">${manage.done}</button>`)}`,
    formTargets: formTargets(product),
  })
}

function row(connection: Connection, token: string, texts: ManageTexts, language: string): Html {
  const { id, createdAt, label, state } = connection
  const problem = connectionProblem(connection)
  const since = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' })
  // Without its events it still works.
  const chip = problem === undefined || problem.code === 'events_refused' ? 'ok' : problem.action
  const mayReconnect = problem?.action === 'reconnect' || (chip === 'wait' && state.status !== 'active')
  return html`<li><p class="what"><strong id="${id}"><bdi>${nameOf(connection, texts)}</bdi></strong><span class="chip ${chip}">${texts.chip[chip]}</span>
<span class="soft">${label === undefined ? '' : html`<bdi>${label}</bdi> · `}${texts.since(since.format(createdAt * 1000))}</span></p>
${problem === undefined ? '' : html`<p class="why">${whyOf(problem, texts)}</p>`}
<div class="acts">${mayReconnect ? form(token, 'reconnect', html`<button type="submit" aria-describedby="${id}">${texts.reconnect}</button>`, id) : ''}
<form method="get" action="${MANAGE_PATH}"><input type="hidden" name="disconnect" value="${id}"><button class="quiet" type="submit" aria-describedby="${id}">${texts.disconnect}</button></form></div></li>`
}

/** Asks once more before a connection is disconnected. */
export function questionPage(reader: Reader, visit: ShownVisit, connection: Connection): Answer {
  const { language, manage, runBy } = manageTextsFor(reader.headers['accept-language'])
  const { product, formToken } = visit
  return page({
    status: 200,
    title: manage.ask.title(nameOf(connection, manage)),
    language,
    product,
    sheet: MANAGE_STYLE,
    above: markOf(product),
    footer: runBy(product.name, reader.operatorName),
    content: html`<p>${manage.ask.says(product.name)}</p>
${form(formToken.reveal(), 'disconnect', html`<button type="submit">${manage.disconnect}</button>`, connection.id)}
<p class="keep"><a class="button quiet" href="${MANAGE_PATH}">${manage.ask.keep}</a></p>`,
    formTargets: "'self'",
  })
}

const STATUSES: Readonly<Record<ManageRefusal, number>> = {
  unknown: 404,
  used: 410,
  expired: 410,
  suspended: 403,
  stale: 400,
  limit: 429,
  fault: 500,
}
const LIMIT_SECONDS = 60

/**
 * Says why the page is not shown and what to do next, with a way on where there is one.
 *
 *   unknown, used, expired, suspended   see VisitRefusal; "suspended" also after the return URL was unregistered
 *   stale   a form came that was not made for the page that this browser has open: an old tab, or another site
 *   limit   the tenant or the end user is at a limit
 *
 * The texts have to be true in each of these cases.
 */
export function manageRefusalPage(
  reader: Reader,
  refusal: Exclude<ManageRefusal, 'fault'>,
  product?: ShownProduct,
): Answer {
  const answer = endPage(reader, STATUSES[refusal], refusal, product)
  return refusal === 'limit' ? withRetryAfter(answer, LIMIT_SECONDS) : answer
}

/** For an unexpected error. What was asked for may have been done or not: the list shows it. */
export function manageFaultPage(reader: Reader, error: unknown): Answer {
  const known = error instanceof ServiceError ? error : undefined
  const answer = endPage(reader, known ? PROBLEMS[known.code].status : STATUSES.fault, 'fault')
  return known?.retryAfterSeconds === undefined ? answer : withRetryAfter(answer, known.retryAfterSeconds)
}

function withRetryAfter(answer: Answer, seconds: number): Answer {
  return { ...answer, headers: { ...answer.headers, 'retry-after': String(seconds) } }
}

function endPage(reader: Reader, status: number, refusal: ManageRefusal, product?: ShownProduct): Answer {
  const { language, manage, back, runBy, runByAlone } = manageTextsFor(reader.headers['accept-language'])
  const { title, explanation, remedy } = manage.refusals[refusal]
  const isOpen = ['stale', 'limit', 'fault'].includes(refusal)
  const target = isOpen ? MANAGE_PATH : product?.returnTo
  const label = isOpen || product === undefined ? manage.toList : back(product.name)
  return page({
    status,
    title,
    language,
    ...(product && { product }),
    above: html`${product ? markOf(product) : ''}${PROBLEM}`,
    footer: product ? runBy(product.name, reader.operatorName) : runByAlone(reader.operatorName),
    content: html`<p>${remedy}</p>${target === undefined ? '' : html`<p><a class="button" href="${target}">${label}</a></p>`}<p class="reason">${explanation}</p>`,
  })
}

function nameOf({ workspace }: Connection, texts: ManageTexts): string {
  return workspace.name ?? texts.workspace
}

function whyOf({ code, action }: ConnectionProblem, { why }: ManageTexts): string {
  const isSecondLook = action === 'wait' && code !== 'attempts_failing'
  return isSecondLook ? why.refused_once : why[code]
}

function form(token: string, action: string, button: Html, connection?: string): Html {
  const named =
    connection === undefined ? '' : html`<input type="hidden" name="connection" value="${connection}">`
  return html`<form method="post" action="${MANAGE_PATH}"><input type="hidden" name="token" value="${token}"><input type="hidden" name="action" value="${action}">${named}${button}</form>`
}

const way = (query: string, label: string) => html`<p><a href="${MANAGE_PATH}${query}">${label}</a></p>`

/** CSP checks redirects after a form, too. "Done" leads to the product, which may redirect further. */
function formTargets({ returnTo }: ShownProduct): string {
  return returnTo === undefined ? "'self'" : `'self' https: ${new URL(returnTo).origin}`
}
