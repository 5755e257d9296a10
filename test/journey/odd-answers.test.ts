// Token answers with an odd member, over HTTP: no tokens are lost, and nothing that shows a connection fails because of them.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ODD_TOKEN_ANSWERS } from '../support/odd-token-answers.ts'
import { startTestStack, type TestStack, type TestTenant } from '../support/stack.ts'
import { ageRefreshes } from '../support/table.ts'

let stack: TestStack
let tenant: TestTenant
beforeAll(async () => {
  stack = await startTestStack()
  tenant = await stack.createTenant({ tokens: 'strict' })
})
afterAll(() => stack?.close())

const api = (path: string, method = 'GET') =>
  stack.api(`/v1/connections${path}`, { method, key: tenant.apiKey })

test('there are 31 of them', () => expect(ODD_TOKEN_ANSWERS).toHaveLength(31))

test('each of them is stored, shown and used, in strict token rotation', async () => {
  let { id } = (await stack.connect(tenant)).json
  for (const { about, set = {}, remove = [], status } of ODD_TOKEN_ANSWERS) {
    const fault = { kind: 'members', set, remove, ...(status !== undefined && { status }) }
    await stack.control('POST', 'faults', { path: '/oauth/token', fault })
    await ageRefreshes(stack)
    expect(await api(`/${id}/refresh`, 'POST'), about).toMatchObject({ status: 200 })
    const shown = [await api(`/${id}`), await api(''), await api(`/${id}/funnels`)]
    expect(
      shown.map((answer) => answer.status),
      about,
    ).toEqual([200, 200, 200])
    // Without a refresh token that can be read, the next one is known to ClickFunnels alone.
    if (set.refresh_token !== undefined) {
      await api(`/${id}`, 'DELETE')
      id = (await stack.connect(tenant)).json.id
    }
  }
  // The last refreshes used the tokens of the odd answers before them, so none of these was lost.
  expect(stack.logs()).not.toMatch(/Invoke Error|"level":"ERROR"/)
}, 180_000)

test('a code is exchanged for some of them, too', async () => {
  const some = ODD_TOKEN_ANSWERS.filter((_, place) => place % 4 === 0)
  for (const { about, set = {}, remove = [], status } of some) {
    const fault = { kind: 'members', set, remove, ...(status !== undefined && { status }) }
    await stack.control('POST', 'faults', { path: '/oauth/token', fault })
    const connected = await stack.connect(tenant, { endUser: `of ${about.replaceAll(/\W/g, ' ')}` })
    expect(connected, about).toMatchObject({ status: 200 })
    expect(await api(`/${connected.json.id}/funnels`), about).toMatchObject({ status: 200 })
  }
  expect(await api('?limit=100')).toMatchObject({ status: 200 })
})
