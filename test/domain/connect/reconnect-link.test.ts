// Reconnect links, which live for days in e-mails: what an attacker or bad luck can do with one.
import { describe, expect, test } from 'vitest'
import { followLink, type LinkVisit } from '#domain/connect/authorize.ts'
import { receiveAuthorizationResponse } from '#domain/connect/callback.ts'
import { completeSession } from '#domain/connect/complete-session.ts'
import { RECONNECT_LINK_LIFETIME_SECONDS } from '#domain/connect/connect-session.ts'
import { MAX_OPENINGS } from '#domain/connect/reconnect-link.ts'
import { findSession } from '#domain/connect/start-session.ts'
import type { EndUserId, WorkspaceId } from '#domain/ids.ts'
import type { Workspace } from '#domain/provider/workspace.ts'
import { updateTenant } from '#domain/tenants/manage-tenants.ts'
import { disconnect } from '#domain/tokens/disconnect.ts'
import { ALICE, BOB, cookiesOf, openScene, type Scene } from '../../fakes/scene.ts'
import { ACME } from '../../fakes/tokens.ts'

const OTHER: Workspace = { ...ACME, id: '999' as WorkspaceId, name: 'Another' }
const DAY = 86_400

async function withLink(more: object = {}) {
  const scene = await openScene()
  const connection = await scene.connect()
  const request = { purpose: 'reconnect', connectionId: connection.id, ...more } as const
  const { session, linkSecret } = await scene.start(request)
  return { scene, connection, session, link: linkSecret.reveal() }
}

/** A browser opens the link and leaves for ClickFunnels. */
async function open(scene: Scene, linkSecret: string, more: Partial<LinkVisit> = {}) {
  const visit = await followLink(scene.services, { linkSecret, ...more })
  if (visit.outcome !== 'redirect') throw new Error(`The link led to "${visit.outcome}"`)
  return { location: visit.location, cookies: cookiesOf(visit.browserCookie) }
}
type Opened = Awaited<ReturnType<typeof open>>

/** It approves there and comes back; gives the query of the return URL. */
async function approve(scene: Scene, opened: Opened, workspace: Workspace = ACME) {
  const { code, state } = scene.services.clickfunnels.approve(opened.location, workspace)
  const response = { appId: scene.app.id, state, code, cookies: opened.cookies }
  const came = await receiveAuthorizationResponse(scene.services, response)
  if (came.outcome !== 'return' && came.outcome !== 'repeated') throw new Error(came.outcome)
  return Object.fromEntries(new URL(came.location).searchParams)
}

const complete = (scene: Scene, query: Record<string, string>, endUserId: EndUserId = ALICE) =>
  completeSession(scene.services, scene.caller, {
    sessionId: query.connect_session as Parameters<typeof findSession>[2],
    endUserId,
    completionCode: query.completion_code ?? '',
  })
const outcome = async (scene: Scene, linkSecret: string) =>
  (await followLink(scene.services, { linkSecret })).outcome
const IDS = ['connect_session', 'connection_id', 'completion_code', 'status']

test('it reconnects the same connection after six days, and then says that it is done', async () => {
  const { scene, connection, session, link } = await withLink()
  scene.services.clock.advance(6 * DAY)
  const connected = await complete(scene, await approve(scene, await open(scene, link)))
  expect(connected).toMatchObject({ id: connection.id, generation: connection.generation + 1 })
  expect(await scene.session({ session })).toMatchObject({ state: { status: 'connected' } })
  expect(await outcome(scene, link)).toBe('done')
  scene.services.clock.advance(DAY + 1)
  expect(await outcome(scene, link)).toBe('done')
})

describe('a stranger to whom the link was forwarded', () => {
  test('cannot bind an own workspace, not even as the right user', async () => {
    const { scene, connection, link } = await withLink()
    const query = await approve(scene, await open(scene, link), OTHER)
    await expect(complete(scene, query)).rejects.toMatchObject({ code: 'workspace_mismatch' })
    expect(await scene.stored(connection)).toMatchObject({
      generation: connection.generation,
      workspace: ACME,
    })
  })

  test('cannot complete it as another user, and leaves the link to its owner', async () => {
    const { scene, connection, link } = await withLink()
    const query = await approve(scene, await open(scene, link))
    await expect(complete(scene, query, BOB)).rejects.toMatchObject({ code: 'end_user_mismatch' })
    expect((await scene.stored(connection)).generation).toBe(connection.generation)
    expect((await complete(scene, await approve(scene, await open(scene, link)))).id).toBe(connection.id)
  })

  test('sees the account first in a "confirmed" session, and a "no" leaves the link to its owner', async () => {
    const { scene, session, link } = await withLink({ completion: 'confirmed' })
    expect(await outcome(scene, link)).toBe('confirm')
    const confirmation = { sent: 'shown', cookie: 'shown' }
    const visit = { linkSecret: link, confirmation, declines: true }
    expect((await followLink(scene.services, visit)).outcome).toBe('declined_reusable')
    expect((await scene.session({ session })).state.status).toBe('created')
    expect(await approve(scene, await open(scene, link, { confirmation }))).toMatchObject({
      status: 'connected',
    })
    expect(await outcome(scene, link)).toBe('done')
  })
})

describe('opened twice', () => {
  test('the second opening supersedes the first, which is told no id', async () => {
    const { scene, connection, link } = await withLink()
    const first = await open(scene, link)
    const second = await open(scene, link)
    const early = await approve(scene, first)
    expect(early).toMatchObject({ error: 'link_opened_again' })
    for (const name of IDS) expect(early).not.toHaveProperty(name)
    expect((await complete(scene, await approve(scene, second))).id).toBe(connection.id)
    const late = await approve(scene, first)
    for (const name of IDS) expect(late).not.toHaveProperty(name)
  })

  test('an opening after the approval makes its completion code worthless', async () => {
    const { scene, connection, link } = await withLink()
    const first = await approve(scene, await open(scene, link))
    const second = await open(scene, link)
    await expect(complete(scene, first)).rejects.toMatchObject({ code: 'session_not_completable' })
    const query = await approve(scene, second)
    await expect(
      complete(scene, { ...query, completion_code: first.completion_code ?? '' }),
    ).rejects.toMatchObject({ code: 'completion_code_mismatch' })
    expect((await complete(scene, query)).id).toBe(connection.id)
  })

  test('at once by many: each leaves, the last alone can come back, and one connection comes of it', async () => {
    const { scene, connection, link } = await withLink()
    const visits = await Promise.all(
      Array.from({ length: 3 }, () => followLink(scene.services, { linkSecret: link })),
    )
    const left = visits.flatMap((visit) =>
      visit.outcome === 'redirect'
        ? [{ location: visit.location, cookies: cookiesOf(visit.browserCookie) }]
        : [],
    )
    const queries = await Promise.all(left.map((opened) => approve(scene, opened)))
    const waiting = queries.filter(({ completion_code }) => completion_code !== undefined)
    expect(waiting).toHaveLength(1)
    expect((await complete(scene, waiting[0] ?? {})).id).toBe(connection.id)
  })

  test('after a refusal at ClickFunnels, it works again, and each end has its own number', async () => {
    const { scene, session, link } = await withLink()
    for (const sequence of [1, 2]) {
      const { location, cookies } = await open(scene, link)
      const state = new URL(location).searchParams.get('state') ?? ''
      const response = { appId: scene.app.id, state, error: 'access_denied', cookies }
      expect((await receiveAuthorizationResponse(scene.services, response)).outcome).toBe('return')
      expect((await scene.session({ session })).state.status).toBe('denied')
      const told = (await scene.services.outbox.waiting(session.tenantId, 100)).filter(
        ({ type }) => type === 'connect_session.failed',
      )
      expect(told.at(-1)).toMatchObject({ data: { sequence, reason: 'access_denied' } })
    }
    await complete(scene, await approve(scene, await open(scene, link)))
  })
})

test('an attempt that was not finished leaves the link as it was', async () => {
  const { scene, session, link } = await withLink()
  await open(scene, link)
  scene.services.clock.advance(DAY)
  const shown = await findSession(scene.services, scene.caller, session.id)
  expect(shown.state.status).toBe('authorizing')
  await complete(scene, await approve(scene, await open(scene, link)))
})

test('it leads nowhere after seven days, after the connection was deleted, and while the tenant is suspended', async () => {
  const { scene, connection, link } = await withLink()
  const { services, caller } = scene
  await updateTenant(services, caller.tenant.id, { status: 'suspended' })
  expect(await outcome(scene, link)).toBe('suspended')
  await updateTenant(services, caller.tenant.id, { status: 'active' })
  const away = await open(scene, link)
  await disconnect(services, caller, connection.id)
  expect(await outcome(scene, link)).toBe('gone')
  // One that is at ClickFunnels meanwhile brings the connection back to life neither.
  await expect(approve(scene, away).then((query) => complete(scene, query))).rejects.toMatchObject({
    code: 'not_found',
  })
  const other = await withLink()
  other.scene.services.clock.advance(RECONNECT_LINK_LIFETIME_SECONDS)
  expect(await outcome(other.scene, other.link)).toBe('return')
})

test('it is opened so often and no more', async () => {
  const { scene, link } = await withLink()
  for (let i = 0; i < MAX_OPENINGS; i++) await open(scene, link)
  expect(await outcome(scene, link)).toBe('return')
})

test('only an API key starts one, and only for a connection of the end user', async () => {
  const scene = await openScene()
  const connection = await scene.connect()
  const purpose = 'reconnect' as const
  await expect(scene.start({ purpose })).rejects.toMatchObject({ code: 'validation_failed' })
  await expect(
    scene.start({ purpose, connectionId: connection.id, endUser: { id: BOB } }),
  ).rejects.toMatchObject({ code: 'validation_failed' })
})
