// Who gets the manage page, and for how long: one browser, half an hour.
import { beforeEach, expect, test } from 'vitest'
import { makeManageLink } from '#domain/manage/make-manage-link.ts'
import { MANAGE_LIFETIME_SECONDS } from '#domain/manage/manage-link.ts'
import { findManageVisit, isOwnForm, openManageLink } from '#domain/manage/manage-visit.ts'
import { anApiKey } from '../../contracts/samples.ts'
import { openScene, type Scene } from '../../fakes/scene.ts'

let scene: Scene
const endUser = { id: 'user-1' as never }
const make = () =>
  makeManageLink(scene.services, scene.caller, {
    endUser,
    returnUrl: scene.caller.tenant.returnUrls[0] ?? '',
  })
const open = (secret: string, cookie = '') => openManageLink(scene.services, secret, cookie)
async function opened() {
  const { secret, link } = await make()
  const visit = await open(secret.reveal())
  if (visit.outcome !== 'opened') throw new Error(`Not opened: ${visit.outcome}`)
  return { secret: secret.reveal(), link, cookie: visit.cookie.reveal(), note: visit.note }
}

beforeEach(async () => {
  scene = await openScene()
  const { tenant, actor } = scene.caller
  await scene.services.apiKeys.create(anApiKey(tenant.id, { id: actor.id as never }))
})

test('a link lives for 30 minutes, and the page after it for 30 more', async () => {
  const late = await make()
  scene.services.clock.advance(MANAGE_LIFETIME_SECONDS - 1)
  const inTime = await make()
  scene.services.clock.advance(1)
  expect(await open(late.secret.reveal())).toMatchObject({
    outcome: 'expired',
    product: { returnTo: expect.any(String) },
  })
  const visit = await open(inTime.secret.reveal())
  if (visit.outcome !== 'opened') throw new Error(visit.outcome)
  const cookie = visit.cookie.reveal()
  scene.services.clock.advance(MANAGE_LIFETIME_SECONDS - 1)
  expect(await findManageVisit(scene.services, cookie)).toMatchObject({ outcome: 'open' })
  scene.services.clock.advance(1)
  expect(await findManageVisit(scene.services, cookie)).toMatchObject({ outcome: 'expired' })
})

test('of two browsers at once, one gets the page', async () => {
  const { secret } = await make()
  const outcomes = (await Promise.all([open(secret.reveal()), open(secret.reveal())])).map(
    ({ outcome }) => outcome,
  )
  expect(outcomes.toSorted()).toEqual(['opened', 'used'])
})

test('a browser that opens a second link has the page of that one, and no longer the first', async () => {
  const [one, two] = [await opened(), await opened()]
  expect(await open(one.secret, two.cookie)).toMatchObject({ outcome: 'used' })
  expect(await open(two.secret, two.cookie)).toMatchObject({ outcome: 'open', link: { id: two.link.id } })
})

test('the parts of two cookies make no third', async () => {
  const [one, two] = [await opened(), await opened()]
  const [hash] = one.cookie.split('.')
  const [, secret] = two.cookie.split('.')
  expect(await findManageVisit(scene.services, `${hash}.${secret}`)).toEqual({ outcome: 'unknown' })
})

test('the token of a form fits its own visit only, and is not the cookie', async () => {
  const [one, two] = [await opened(), await opened()]
  const visits = await Promise.all([one, two].map(({ cookie }) => findManageVisit(scene.services, cookie)))
  const [mine, theirs] = visits.map((visit) => (visit.outcome === 'open' ? visit : undefined))
  if (mine === undefined || theirs === undefined) throw new Error('A page is not open')
  expect(isOwnForm(mine, mine.formToken.reveal())).toBe(true)
  for (const sent of [theirs.formToken.reveal(), '', one.cookie, one.cookie.split('.')[1] ?? '']) {
    expect(isOwnForm(mine, sent)).toBe(false)
  }
})

test('no secret is stored or printed', async () => {
  const { secret, cookie, link, note } = await opened()
  const stored = JSON.stringify([await scene.services.manageLinks.find(link.secretHash), note])
  for (const part of [secret, ...cookie.split('.').slice(1)]) expect(stored).not.toContain(part)
  expect(JSON.stringify(await make())).toContain('[redacted]')
})

test('a link and its page end with the API key that made the link', async () => {
  const { cookie } = await opened()
  const unused = await make()
  const { tenant, actor } = scene.caller
  await scene.services.apiKeys.remove(tenant.id, actor.id as never)
  expect(await findManageVisit(scene.services, cookie)).toEqual({ outcome: 'unknown' })
  expect(await open(unused.secret.reveal())).toEqual({ outcome: 'unknown' })
})
