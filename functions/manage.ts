// The hosted page on which end users manage their connections: a tenant's back end makes a link, a browser opens it once, and then has
// the page by a cookie for half an hour.

import { parseId } from '#domain/ids.ts'
import { MANAGE_PATH } from '#domain/manage/manage-link.ts'
import {
  findManageVisit,
  isOwnForm,
  MANAGE_COOKIE,
  openManageLink,
  type VisitRefusal,
} from '#domain/manage/manage-visit.ts'
import { authentication } from '#http/credentials/authenticate.ts'
import { type Answer, created, hostCookie, redirect, seeOther } from '#http/message/answer.ts'
import { formBody, isFromElsewhere } from '#http/message/form.ts'
import { parseBody } from '#http/message/parse.ts'
import { type ApiRequest, jsonBody, queryParameters, repeatsParameter } from '#http/message/request.ts'
import { shownManagePages } from '#http/pages/manage/shown-manage-pages.ts'
import { httpHandler } from '#http/stack.ts'
import { managedActIn, manageLinkJson, manageLinkRequestSchema } from '#http/wire/manage-link.ts'
import { onLambda } from '#runtime/lambda.ts'
import { createManageServices, type ManageServices } from '#runtime/page-services.ts'

/** Longer than the page is open, so that a browser that comes late is told so, with the way back to its product. */
const COOKIE_SECONDS = 24 * 60 * 60

const cookieOf = ({ cookies }: ApiRequest) => cookies.get(MANAGE_COOKIE) ?? ''

export const manage = (services: ManageServices) => {
  const pages = shownManagePages(services)
  const refuse = (request: ApiRequest, refusal: VisitRefusal) =>
    pages.refusal(request, refusal.outcome, 'product' in refusal ? refusal.product : undefined)

  async function open(request: ApiRequest, secret: string): Promise<Answer> {
    const opened = await openManageLink(services, secret, cookieOf(request))
    // The page's own URL has no secret, so none stays in the browser's history.
    if (opened.outcome === 'open') return redirect(MANAGE_PATH)
    if (opened.outcome !== 'opened') return refuse(request, opened)
    const cookie = hostCookie(MANAGE_COOKIE, opened.cookie.reveal(), COOKIE_SECONDS)
    return { ...redirect(MANAGE_PATH, [cookie]), audit: opened.note }
  }

  return httpHandler<'manage'>(
    {
      ...services,
      ...authentication(services),
      faultPage: pages.fault,
    },
    {
      'POST /v1/manage-links': async (request, caller) => {
        const { makeManageLink } = await import('#domain/manage/make-manage-link.ts')
        const input = parseBody(manageLinkRequestSchema, jsonBody(request))
        const { link, secret } = await makeManageLink(services, caller, input)
        return created(manageLinkJson(link, services.publicUrl, secret))
      },

      'GET /v1/manage': async (request) => {
        if (repeatsParameter(request, ['link', 'after', 'disconnect', 'connect_session']))
          return pages.refusal(request, 'unknown')
        const { link: secret, ...query } = queryParameters(request)
        if (secret !== undefined) return open(request, secret)
        const visit = await findManageVisit(services, cookieOf(request))
        if (visit.outcome !== 'open') return refuse(request, visit)
        const [{ findManaged, listManaged }, { noteOfReturn, withReturned }] = await Promise.all([
          import('#domain/manage/list-managed.ts'),
          import('#domain/manage/return-note.ts'),
        ])
        const asked = parseId('connection', query.disconnect ?? '')
        const connection = asked && (await findManaged(services, visit.link, asked))
        if (connection !== undefined) return pages.question(request, visit, connection)
        // Of one that is gone, the list says the truth.
        if (query.disconnect !== undefined) return redirect(MANAGE_PATH)
        const after = parseId('connection', query.after ?? '')
        const sessionId = parseId('connectSession', query.connect_session ?? '')
        const [found, returned] = await Promise.all([
          listManaged(services, visit.link, after),
          sessionId && noteOfReturn(services, visit.link, sessionId),
        ])
        return pages.connections(request, visit, {
          items: after === undefined ? withReturned(found.items, returned?.connection) : found.items,
          isFirst: after === undefined,
          ...(found.next && { next: found.next }),
          ...(returned && { note: returned.note }),
        })
      },

      'POST /v1/manage': async (request) => {
        const visit = await findManageVisit(services, cookieOf(request))
        if (visit.outcome !== 'open') return refuse(request, visit)
        const { product } = visit
        const form = formBody(request)
        const act = managedActIn(form)
        if (act === undefined || isFromElsewhere(request) || !isOwnForm(visit, form.get('token') ?? ''))
          return pages.refusal(request, 'stale', product)
        const { actManaged } = await import('#domain/manage/act-managed.ts')
        const done = await actManaged(services, visit, act)
        switch (done.outcome) {
          case 'connect':
            return {
              ...seeOther(`/v1/authorize?session=${done.linkSecret.reveal()}`),
              audit: done.note,
            }
          case 'disconnected':
            return { ...seeOther(MANAGE_PATH), audit: done.note }
          case 'gone':
            return seeOther(MANAGE_PATH)
          case 'left':
            // The browser keeps its cookie. If it comes back, it is told that the page is closed, with the way to the product.
            return seeOther(product.returnTo ?? MANAGE_PATH)
          default:
            return pages.refusal(request, done.outcome, product)
        }
      },
    },
  )
}

export const handler = await onLambda('manage', createManageServices, manage)
