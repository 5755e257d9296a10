// What every implementation of ManageLinks has to do.
import { describe, expect, test } from 'vitest'
import type { ManageLink } from '#domain/manage/manage-link.ts'
import { later } from '#domain/time.ts'
import { NOW, newId, randomHash } from './samples.ts'
import type { OpenStores } from './stores.ts'

const END = later(NOW, 100)

export function aManageLink(more: Partial<ManageLink> = {}): ManageLink {
  return {
    id: newId('manageLink'),
    secretHash: randomHash(),
    tenantId: newId('tenant'),
    appId: newId('app'),
    endUser: { id: 'user_42' as never, displayName: 'Ada' },
    returnUrl: 'https://saas.example/settings',
    apiKeyId: newId('apiKey'),
    expiresAt: END,
    ...more,
  }
}

export function manageLinksContract(open: OpenStores): void {
  async function created(link = aManageLink()) {
    const { manageLinks } = open()
    await manageLinks.create(link)
    return { manageLinks, link, get: () => manageLinks.find(link.secretHash) }
  }

  describe('manage links', () => {
    test('are found by the hash of their secret', async () => {
      const { manageLinks, link, get } = await created()
      expect(await get()).toEqual(link)
      expect(await manageLinks.find(randomHash())).toBeUndefined()
    })

    test('are opened by one browser, with a new expiry', async () => {
      const { manageLinks, link, get } = await created()
      const opened = { ...link, browserHash: 'mine', expiresAt: later(NOW, 200) }
      expect(await manageLinks.open(link, 'mine', NOW, opened.expiresAt)).toBe(true)
      expect(await manageLinks.open(link, 'theirs', NOW, later(NOW, 300))).toBe(false)
      expect(await get()).toEqual(opened)
    })

    test('are opened by one of many browsers at once', async () => {
      const { manageLinks, link } = await created()
      const tries = await Promise.all(
        Array.from({ length: 8 }, (_, i) => manageLinks.open(link, `browser ${i}`, NOW, END)),
      )
      expect(tries.filter(Boolean)).toHaveLength(1)
    })

    test('count as opened when the same opening is repeated after a lost answer', async () => {
      const { manageLinks, link } = await created()
      expect(await manageLinks.open(link, 'mine', NOW, END)).toBe(true)
      expect(await manageLinks.open(link, 'mine', NOW, END)).toBe(true)
    })

    test('cannot be opened when they have expired, or do not exist', async () => {
      const { manageLinks, link, get } = await created(aManageLink({ expiresAt: NOW }))
      expect(await manageLinks.open(link, 'mine', NOW, END)).toBe(false)
      expect(await get()).toEqual(link)
      const unknown = aManageLink()
      expect(await manageLinks.open(unknown, 'mine', NOW, END)).toBe(false)
      expect(await manageLinks.find(unknown.secretHash)).toBeUndefined()
    })

    test('are closed by the browser that has the page, and by no other', async () => {
      const { manageLinks, link, get } = await created()
      await manageLinks.open(link, 'mine', NOW, END)
      await manageLinks.close({ ...link, browserHash: 'theirs' }, NOW)
      expect((await get())?.expiresAt).toBe(END)
      await manageLinks.close({ ...link, browserHash: 'mine' }, NOW)
      expect((await get())?.expiresAt).toBe(NOW)
    })
  })
}
