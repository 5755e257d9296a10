// Keys that fail from the moment at which the authorization code can be used only once: everything that the exchange needs
// was opened before, so the code is not lost.
import { expect, test } from 'vitest'
import { followLink } from '#domain/connect/authorize.ts'
import { receiveAuthorizationResponse } from '#domain/connect/callback.ts'
import { ServiceError } from '#domain/errors.ts'
import { cookiesOf, openScene, type Scene } from '../../fakes/scene.ts'

const down = async () =>
  Promise.reject(new ServiceError('storage_unavailable', 'KMS did not answer in time.'))

/** The vault fails after the next call of a method of the sessions. */
function failVaultAfter({ services }: Scene, method: 'take' | 'move'): void {
  const { sessions, vault } = services
  const original = sessions[method].bind(sessions) as (...args: unknown[]) => Promise<unknown>
  Object.assign(sessions, {
    [method]: async (...args: unknown[]) => {
      const result = await original(...args)
      Object.assign(vault, { open: down, seal: down, sealer: down })
      return result
    },
  })
}

test('a verified session is completed', async () => {
  const scene = await openScene()
  const journey = await scene.leave()
  await scene.comeBack(journey)
  failVaultAfter(scene, 'move')
  expect(await scene.complete(journey)).toMatchObject({ state: { status: 'active' } })
  expect(scene.services.clickfunnels.counts).toMatchObject({ exchangeCode: 1, revoke: 0 })
})

test('a confirmed session is connected', async () => {
  const scene = await openScene()
  const { services } = scene
  const { session, linkSecret } = await scene.start({ completion: 'confirmed' })
  const confirmation = { sent: 'shown', cookie: 'shown' }
  const visit = await followLink(services, { linkSecret: linkSecret.reveal(), confirmation })
  if (visit.outcome !== 'redirect') throw new Error(visit.outcome)
  const { code, state } = services.clickfunnels.approve(visit.location)
  failVaultAfter(scene, 'take')
  const cookies = cookiesOf(visit.browserCookie)
  await receiveAuthorizationResponse(services, { appId: scene.app.id, code, state, cookies })
  expect(await scene.session({ session })).toMatchObject({ state: { status: 'connected' } })
})
