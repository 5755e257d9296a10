// What our pages learn of the product that a browser came from: its name, its colour, and the way back to it.
import { describe, expect, test } from 'vitest'
import { followLink } from '#domain/connect/authorize.ts'
import { receiveAuthorizationResponse } from '#domain/connect/callback.ts'
import { productOf, returnLocation } from '#domain/connect/product.ts'
import { Secret } from '#domain/secret.ts'
import { updateTenant } from '#domain/tenants/manage-tenants.ts'
import { aSession, aTenant } from '../../contracts/samples.ts'
import { openScene } from '../../fakes/scene.ts'

const BRANDING = { color: '#3a7bd5' }

describe('the colour of a tenant', () => {
  async function branded() {
    const scene = await openScene()
    await updateTenant(scene.services, scene.caller.tenant.id, { branding: BRANDING })
    return scene
  }

  test('reaches the confirmation page, and the page of a link that was used', async () => {
    const scene = await branded()
    const { linkSecret } = await scene.start({ completion: 'confirmed' })
    const visit = { linkSecret: linkSecret.reveal() }
    expect(await followLink(scene.services, visit)).toMatchObject({
      outcome: 'confirm',
      product: { name: 'Saas', branding: BRANDING },
    })
    const shown = { sent: 'shown', cookie: 'shown' }
    await followLink(scene.services, { ...visit, confirmation: shown })
    expect(await followLink(scene.services, visit)).toMatchObject({
      outcome: 'used',
      product: { branding: BRANDING },
    })
  })

  test('reaches the page of a response in another browser, and that of a suspended tenant', async () => {
    const scene = await branded()
    const journey = await scene.leave()
    const { code, state } = scene.services.clickfunnels.approve(journey.location)
    const response = { appId: scene.app.id, code, state, cookies: new Map() }
    const receive = () => receiveAuthorizationResponse(scene.services, response)
    expect(await receive()).toMatchObject({ outcome: 'other_browser', product: { branding: BRANDING } })
    await updateTenant(scene.services, scene.caller.tenant.id, { status: 'suspended' })
    expect(await receive()).toMatchObject({ outcome: 'suspended', product: { branding: BRANDING } })
  })

  test('is absent where the tenant has none', () => {
    expect(productOf(aTenant(), undefined)).not.toHaveProperty('branding')
  })
})

describe('the way back', () => {
  const session = aSession(aTenant().id, { returnUrl: 'https://saas.example.com/settings' })
  const query = (location: string) => Object.fromEntries(new URL(location).searchParams)

  test('has the error of the session rather than that of the browser', () => {
    const failed = { ...session, state: { status: 'failed', error: 'invalid_grant' } as const }
    expect(query(returnLocation(failed, 'failed', { detour: 'used' })).error).toBe('invalid_grant')
    expect(query(returnLocation(session, 'created', { detour: 'used' })).error).toBe('link_used')
    expect(query(returnLocation(session, 'created'))).not.toHaveProperty('error')
  })

  test('has the status that it is given, and the completion code', () => {
    const extra = { completionCode: new Secret('code') }
    expect(query(returnLocation(session, 'expired', extra))).toEqual({
      connect_session: session.id,
      status: 'expired',
      completion_code: 'code',
    })
  })
})
