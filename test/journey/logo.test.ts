// A tenant's logo over HTTP: the operator sets it, pages show it, redirects never read it, and a page does without it if it
// cannot be read.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Browser } from '../support/browser.ts'
import type { FaultyDynamoDb } from '../support/faulty-dynamodb.ts'
import { type FaultyStack, startFaultyStack } from '../support/faulty-stack.ts'
import { JPEG, png } from '../support/images.ts'
import type { TestStack, TestTenant } from '../support/stack.ts'
import { keysStored } from '../support/table.ts'

const PNG = png({ width: 64, height: 48 })
const FACTS = { media_type: 'image/png', width: 64, height: 48 }
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')

let store: FaultyDynamoDb
let stack: TestStack
let tenant: TestTenant
/** The calls to DynamoDB that name the logo's item. */
let reads: string[]

let faulty: FaultyStack

beforeAll(async () => {
  faulty = await startFaultyStack()
  ;({ stack, store } = faulty)
})
afterAll(() => faulty?.close())
beforeEach(async () => {
  reads = []
  store.failing = (operation, body) => {
    if (body.includes('"logo"') && operation === 'GetItem') reads.push(body)
    return false
  }
  tenant = await stack.createTenant({ name: 'Tidemark' })
})

const path = () => `/v1/tenants/${tenant.id}/logo`
const put = (image: unknown) => stack.api(path(), { method: 'PUT', body: { image } })
const shown = async () => (await stack.api(`/v1/tenants/${tenant.id}`)).json

async function startSession() {
  const body = { end_user: { id: 'user-1' }, return_url: tenant.returnUrl, completion: 'confirmed' }
  const answer = await stack.api('/v1/connect-sessions', { method: 'POST', key: tenant.apiKey, body })
  return answer.json.connect_url as string
}

describe('the operator', () => {
  test('sets, replaces and removes a logo, and is never given its bytes', async () => {
    const set = await put(base64(PNG))
    expect(set).toMatchObject({ status: 200, json: { id: tenant.id, logo: FACTS } })
    expect(await shown()).toMatchObject({ logo: FACTS })
    expect(JSON.stringify(await shown())).not.toContain(base64(PNG).slice(0, 40))
    expect((await put(base64(JPEG))).json.logo).toEqual({ media_type: 'image/jpeg', width: 64, height: 40 })
    for (const _ of ['there is one', 'there is none'])
      expect(await stack.api(path(), { method: 'DELETE' })).toMatchObject({ status: 204, text: '' })
    expect(await shown()).not.toHaveProperty('logo')
    const { json } = await stack.api(`/v1/tenants/${tenant.id}/audit-events`)
    const reasons = json.data.map(({ action, reason }: Record<string, string>) => [action, reason])
    expect(reasons).toEqual(
      expect.arrayContaining([
        ['tenant.update', 'logo'],
        ['tenant.update', 'logo removed'],
      ]),
    )
  })

  test.each([
    ['no image', undefined, /"image" is required/],
    ['what is no text', 5, /"image" must be a string/],
    ['rubbish', '§§§', /base64/],
    ['base64 with a line break', `${base64(PNG).slice(0, 8)}\n${base64(PNG).slice(8)}`, /base64/],
    ['base64 of another alphabet', base64(PNG).replaceAll('/', '_').replaceAll('+', '-'), /base64/],
    ['a data URL', `data:image/png;base64,${base64(PNG)}`, /not as a data URL/],
    ['an empty image', '', /no image of a known kind/],
    ['an SVG', base64(Buffer.from('<svg onload="alert(1)"/>')), /begins with "<".*PNG.*JPEG is allowed/],
    ['more than 32 KB', base64(Buffer.alloc(40_000, 'x')), /has 40000 bytes; at most 32768 \(32 KB\)/],
  ])('is refused with %s, which says why', async (_, image, said) => {
    const answer = await put(image)
    expect(answer).toMatchObject({
      status: 422,
      json: { code: 'validation_failed', detail: expect.stringMatching(said) },
    })
    expect(answer.json.errors).toMatchObject([{ pointer: '#/image' }])
  })

  test('is refused with a body that is far too large', async () => {
    expect(await put(base64(Buffer.alloc(200_000)))).toMatchObject({
      status: 413,
      json: { code: 'request_too_large' },
    })
    expect(await shown()).not.toHaveProperty('logo')
  })

  test('learns that there is no such tenant', async () => {
    const nobody = '/v1/tenants/ten_00000000000000000000000000/logo'
    const answers = [
      await stack.api(nobody, { method: 'PUT', body: { image: base64(PNG) } }),
      await stack.api(nobody, { method: 'DELETE' }),
    ]
    expect(answers.map(({ status }) => status)).toEqual([404, 404])
  })

  test('leaves nothing of it when the tenant is deleted', async () => {
    await put(base64(PNG))
    const own = async () => (await keysStored(stack)).filter((key) => key === `tenant#${tenant.id} logo`)
    expect(await own()).toHaveLength(1)
    await stack.api(`/v1/tenants/${tenant.id}`, { method: 'PATCH', body: { status: 'suspended' } })
    const body = { confirm: tenant.id, revoke: false }
    for (let stage = ''; stage !== 'deleted'; )
      stage = (await stack.api(`/v1/tenants/${tenant.id}`, { method: 'DELETE', body })).json.stage
    expect(await own()).toEqual([])
    expect(await shown()).not.toHaveProperty('logo')
    expect(await put(base64(PNG))).toMatchObject({ json: { code: 'tenant_deleted' } })
  })
})

describe('an end user', () => {
  const image = `<img src="data:image/png;base64,${base64(PNG)}" alt="">`

  test('sees it on the confirmation and on an error page, and it is read for these alone', async () => {
    await put(base64(PNG))
    const url = await startSession()
    const browser = new Browser()
    const page = await browser.visit(url)
    expect(page.html).toContain(image)
    expect(page.html).toContain('Funnel Connect runs this page for Tidemark.')
    expect(reads).toHaveLength(1)
    const consent = await browser.submit(page)
    const decision = { decision: 'authorize', workspace_id: '20417' }
    await browser.submit(consent, decision, { stopBefore: tenant.returnUrl })
    expect(reads).toHaveLength(1)
    const used = await new Browser().visit(url)
    expect([used.status, used.html.includes(image)]).toEqual([410, true])
    expect(reads).toHaveLength(2)
  })

  test('costs no read where the tenant has none', async () => {
    const page = await new Browser().visit(await startSession())
    expect(page.html).toContain('aria-hidden="true">TI</span>')
    expect(reads).toEqual([])
  })

  test('sees the initials if it cannot be read, and connects', async () => {
    await put(base64(PNG))
    const url = await startSession()
    store.failing = (operation, body) => operation === 'GetItem' && body.includes('"logo"')
    const browser = new Browser()
    const page = await browser.visit(url)
    expect(page.status).toBe(200)
    expect(page.html).not.toContain('<img')
    expect(page.html).toContain('aria-hidden="true">TI</span>')
    const consent = await browser.submit(page)
    const decision = { decision: 'authorize', workspace_id: '20417' }
    const back = await browser.submit(consent, decision, { stopBefore: tenant.returnUrl })
    expect(back.headers.get('location')).toContain('status=connected')
    expect(stack.logs()).toContain('The logo could not be read')
  })
})
