// A tenant's logo: what counts as an image, by its content alone, and what a page does when the image cannot be read.
import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { withLogo } from '#domain/connect/product.ts'
import { ServiceError } from '#domain/errors.ts'
import type { TenantId } from '#domain/ids.ts'
import { MAX_LOGO_BYTES } from '#domain/tenants/logo.ts'
import { acceptedLogo, removeLogo, setLogo } from '#domain/tenants/manage-logo.ts'
import { createTenant, findTenant } from '#domain/tenants/manage-tenants.ts'
import type { Tenant } from '#domain/tenants/tenant.ts'
import { type FakeServices, fakeServices } from '../../fakes.ts'
import { chunk, header, JPEG, png } from '../../support/images.ts'

const PNG = png({ width: 64, height: 48 })
const HTML = Buffer.from('<!doctype html><script>alert(1)</script>')
const ZIP_END = Buffer.from(`PK\x05\x06${'\0'.repeat(18)}`, 'latin1')
const bytes = (text: string) => Buffer.from(text, 'latin1')
const joined = (...parts: readonly Uint8Array[]) => Buffer.concat(parts)
/** The size that a PNG claims, whatever its pixels are. */
const claiming = (width: number, height: number) =>
  joined(PNG.subarray(0, 8), header(width, height), PNG.subarray(33))

function refusal(image: Uint8Array): string {
  try {
    acceptedLogo(image)
  } catch (error) {
    expect(error).toBeInstanceOf(ServiceError)
    expect(error).toMatchObject({ code: 'validation_failed' })
    return (error as Error).message
  }
  throw new Error('It was accepted')
}

describe('an image', () => {
  test.each([
    ['a PNG', PNG, { mediaType: 'image/png', width: 64, height: 48 }],
    ['a JPEG', JPEG, { mediaType: 'image/jpeg', width: 64, height: 40 }],
    ['the smallest', claiming(32, 32), { width: 32, height: 32 }],
    ['the largest', claiming(1024, 1024), { width: 1024, height: 1024 }],
    ['a PNG with text in it', png({ width: 64, height: 48 }, chunk('tEXt', bytes('Title\0x'))), {}],
    ['a JPEG with fill bytes', joined(JPEG.subarray(0, 2), bytes('\xff\xff'), JPEG.subarray(2)), {}],
  ])('(%s) is accepted with its type and size', (_, image, facts) => {
    expect(acceptedLogo(image)).toMatchObject({ ...facts, bytes: image })
  })

  test.each([
    [
      'an SVG',
      bytes('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
      /begins with "<"/,
    ],
    [
      'an SVG after a byte order mark',
      bytes('\xef\xbb\xbf \n<?xml version="1.0"?><svg/>'),
      /begins with "<"/,
    ],
    ['HTML', HTML, /begins with "<"/],
    ['a GIF', bytes('GIF89a\x40\0\x40\0'), /a GIF/],
    ['a WebP image', bytes('RIFF\x10\0\0\0WEBPVP8 '), /a WebP image/],
    ['nothing', bytes(''), /no image of a known kind/],
    ['a signature alone', PNG.subarray(0, 8), /PNG that is damaged or cut off/],
    ['a JPEG signature alone', JPEG.subarray(0, 3), /JPEG that is damaged or cut off/],
    ['a PNG of another first chunk', joined(PNG.subarray(0, 8), PNG.subarray(33)), /damaged/],
    ['a PNG with two headers', png({ width: 64, height: 48 }, header(64, 48)), /damaged/],
    ['an animated PNG', png({ width: 64, height: 48 }, chunk('acTL', Buffer.alloc(8))), /an animated PNG/],
    ['a PNG that claims to be huge', claiming(100_000, 100_000), /100000 by 100000 pixels; 32 to 1024/],
    ['a PNG of no size', claiming(0, 0), /0 by 0 pixels/],
    ['a PNG that is too small', claiming(31, 64), /31 by 64 pixels/],
    ['a PNG that is too tall', claiming(64, 1025), /64 by 1025 pixels/],
    ['a PNG with a page behind it', joined(PNG, HTML), /more data after its end/],
    ['a PNG with an archive behind it', joined(PNG, ZIP_END), /more data after its end/],
    ['a JPEG with a page behind it', joined(JPEG, HTML), /more data after its end/],
    ['a page that ends as a PNG', joined(HTML, PNG), /begins with "<"/],
    [
      'too many bytes',
      png({ width: 64, height: 48 }, chunk('tEXt', Buffer.alloc(MAX_LOGO_BYTES))),
      /at most 32768/,
    ],
  ])('(%s) is refused, by what was found and what is allowed', (_, image, said) => {
    expect(refusal(image)).toMatch(said)
    expect(refusal(image)).toMatch(/^"image" .*allowed.*\.$/)
  })

  test('without pixels, or with two sizes, is refused', () => {
    const empty = joined(PNG.subarray(0, 8), header(64, 48), chunk('IEND', Buffer.alloc(0)))
    expect(refusal(empty)).toContain('damaged')
    // Its frame header comes once more, with another size.
    const frame = JPEG.indexOf(Buffer.from([0xff, 0xc0]))
    const second = JPEG.subarray(frame, frame + 2 + JPEG.readUInt16BE(frame + 2))
    expect(refusal(joined(JPEG.subarray(0, frame), second, JPEG.subarray(frame)))).toContain('damaged')
  })

  test('that is cut off anywhere is refused', () => {
    for (const image of [PNG, JPEG]) {
      for (let length = 0; length < image.length; length++) refusal(image.subarray(0, length))
    }
  })

  test('of any bytes is accepted or refused at once, and nothing else happens', () => {
    const start = fc.constantFrom(
      PNG,
      JPEG,
      PNG.subarray(0, 8),
      JPEG.subarray(0, 3),
      PNG.subarray(0, 33),
      Buffer.alloc(0),
    )
    const changed = fc
      .tuple(fc.constantFrom(PNG, JPEG), fc.nat(), fc.integer({ min: 0, max: 255 }))
      .map(([image, place, value]) => {
        const copy = Buffer.from(image)
        copy[place % copy.length] = value
        return copy
      })
    const made = fc.tuple(start, fc.uint8Array({ maxLength: 300 })).map(([head, rest]) => joined(head, rest))
    const segments = fc
      .array(fc.constantFrom('\xff', '\xd8', '\xda', '\xd9', '\0', '\0\x02', '\xff\xc0', '\xff\xd0'), {
        maxLength: 200,
      })
      .map((parts) => bytes(`\xff\xd8\xff${parts.join('')}`))
    fc.assert(
      fc.property(fc.oneof(changed, made, segments, fc.uint8Array({ maxLength: 100 })), (image) => {
        const began = performance.now()
        try {
          const { width, height } = acceptedLogo(image)
          expect(Math.min(width, height)).toBeGreaterThanOrEqual(32)
          expect(Math.max(width, height)).toBeLessThanOrEqual(1024)
        } catch (error) {
          expect(error).toMatchObject({ code: 'validation_failed' })
        }
        expect(performance.now() - began).toBeLessThan(200)
      }),
      { numRuns: 3000 },
    )
  })

  test.each([
    [
      'empty chunks',
      joined(PNG.subarray(0, 33), Buffer.concat(Array(2700).fill(chunk('tEXt', Buffer.alloc(0))))),
    ],
    ['empty segments', joined(bytes('\xff\xd8'), bytes('\xff\xe0\0\x02'.repeat(8_000)))],
    ['fill bytes', Buffer.alloc(MAX_LOGO_BYTES, 0xff).fill(0xd8, 1, 2)],
    ['scans', joined(bytes('\xff\xd8'), bytes('\xff\xda\0\x02\0'.repeat(6_000)))],
  ])('of nothing but %s ends in milliseconds', (_, image) => {
    const began = performance.now()
    expect(refusal(image)).toMatch(/damaged or cut off/)
    expect(performance.now() - began).toBeLessThan(200)
  })
})

describe("a tenant's logo", () => {
  let services: FakeServices
  let tenant: Tenant
  beforeEach(async () => {
    services = fakeServices()
    tenant = await createTenant(services, { name: 'Saas', returnUrls: [], origins: [] })
  })

  test('is set, replaced and removed', async () => {
    services.clock.advance(60)
    const logo = { mediaType: 'image/png', width: 64, height: 48 }
    expect(await setLogo(services, tenant.id, PNG)).toEqual({ ...tenant, logo, updatedAt: services.now() })
    expect(await setLogo(services, tenant.id, JPEG)).toMatchObject({ logo: { mediaType: 'image/jpeg' } })
    await removeLogo(services, tenant.id)
    await removeLogo(services, tenant.id)
    expect(await findTenant(services, tenant.id)).not.toHaveProperty('logo')
  })

  test('that is refused leaves the one before', async () => {
    await setLogo(services, tenant.id, PNG)
    await expect(setLogo(services, tenant.id, HTML)).rejects.toMatchObject({ code: 'validation_failed' })
    expect(await services.logos.get(tenant.id)).toMatchObject({ bytes: new Uint8Array(PNG) })
  })

  test('is not set nor removed where there is no tenant, or a deleted one', async () => {
    const nobody = 'ten_00000000000000000000000000' as TenantId
    await expect(setLogo(services, nobody, PNG)).rejects.toMatchObject({ code: 'not_found' })
    await expect(removeLogo(services, nobody)).rejects.toMatchObject({ code: 'not_found' })
    await services.tenants.update(tenant.id, { status: 'suspended' }, services.now())
    await services.tenants.beginDeletion(tenant.id, services.now())
    await expect(setLogo(services, tenant.id, PNG)).rejects.toMatchObject({ code: 'tenant_deleted' })
    await expect(removeLogo(services, tenant.id)).rejects.toMatchObject({ code: 'tenant_deleted' })
  })

  test('is read for a product that has one, and for no other', async () => {
    await setLogo(services, tenant.id, PNG)
    const shown = await withLogo(services, { name: 'Saas', logoOf: tenant.id })
    expect(shown).toMatchObject({
      name: 'Saas',
      logo: { mediaType: 'image/png', bytes: new Uint8Array(PNG) },
    })
    const logos = { ...services.logos, get: () => Promise.reject(new Error('must not be read')) }
    expect(await withLogo({ ...services, logos }, { name: 'Saas' })).toEqual({ name: 'Saas' })
  })

  test('that cannot be read is left out, and the log says so', async () => {
    const logos = {
      ...services.logos,
      get: () => Promise.reject(new ServiceError('storage_unavailable', 'x')),
    }
    const product = { name: 'Saas', logoOf: tenant.id }
    expect(await withLogo({ ...services, logos }, product)).toEqual(product)
    expect(services.log.entries).toMatchObject([
      { level: 'warn', message: 'The logo could not be read', fields: { tenant: tenant.id } },
    ])
  })
})
