// Lists by item and by page, and which URLs a proxied call may have.
import { describe, expect, test } from 'vitest'
import { FunnelConnect } from '../../client/src/index.ts'
import { type Asked, startService } from './service.ts'

const client = async (answer: (asked: Asked) => object) => {
  const service = await startService(answer)
  return { service, funnelConnect: new FunnelConnect({ url: service.url, apiKey: 'fc_key' }) }
}

/** Three pages of two funnels, as ClickFunnels gives them. */
function funnelPages({ path }: Asked) {
  const after = Number(new URL(path, 'http://x').searchParams.get('after') ?? 0)
  const headers = after < 4 ? { 'pagination-next': String(after + 2) } : undefined
  return { json: [{ id: after + 1 }, { id: after + 2 }], ...(headers && { headers }) }
}

describe('funnels', () => {
  test('come one after another over all pages', async () => {
    const { service, funnelConnect } = await client(funnelPages)
    const ids: number[] = []
    for await (const { id } of funnelConnect.funnels('conn_1')) ids.push(id)
    expect(ids).toEqual([1, 2, 3, 4, 5, 6])
    expect(service.asked.map(({ path }) => path)).toEqual([
      '/v1/connections/conn_1/funnels',
      '/v1/connections/conn_1/funnels?after=2',
      '/v1/connections/conn_1/funnels?after=4',
    ])
  })

  test('are fetched no further than they are asked for', async () => {
    const { service, funnelConnect } = await client(funnelPages)
    for await (const { id } of funnelConnect.funnels('conn_1')) if (id === 2) break
    expect(service.asked).toHaveLength(1)
  })

  test('come page by page, from any page on', async () => {
    const { funnelConnect } = await client(funnelPages)
    expect(await funnelConnect.funnels('conn_1').page('2')).toEqual({
      items: [{ id: 3 }, { id: 4 }],
      next: '4',
    })
    expect(await funnelConnect.funnels('conn_1').page('4')).toMatchObject({ next: undefined })
  })
})

test('connections come by cursor, with the filter on every page', async () => {
  const { service, funnelConnect } = await client(({ path }) =>
    path.includes('cursor=')
      ? { json: { data: [{ id: 'b' }] } }
      : { json: { data: [{ id: 'a' }], next_cursor: 'a' } },
  )
  const ids: string[] = []
  for await (const { id } of funnelConnect.connections.list({ status: 'active', limit: 1 })) ids.push(id)
  expect(ids).toEqual(['a', 'b'])
  expect(service.asked.map(({ path }) => path)).toEqual([
    '/v1/connections?status=active&limit=1',
    '/v1/connections?status=active&limit=1&cursor=a',
  ])
})

describe('the proxy', () => {
  const call = async (...request: Parameters<typeof fetch>) => {
    const { service, funnelConnect } = await client(() => ({ json: {} }))
    await funnelConnect.proxy('conn_1')(...request)
    return service.asked[0]
  }

  test.each([
    [
      'workspaces/1/contacts?filter[id]=1,2&expand[]=tags',
      'workspaces/1/contacts?filter[id]=1,2&expand[]=tags',
    ],
    ['/workspaces/1', 'workspaces/1'],
    ['/api/v2/workspaces/1', 'workspaces/1'],
    ['https://acme.myclickfunnels.com/api/v2/orders?after=a%2Fb', 'orders?after=a%2Fb'],
  ])('takes %s', async (input, expected) => {
    expect(await call(input)).toMatchObject({ path: `/v1/connections/conn_1/proxy/${expected}` })
  })

  test('takes what a Link header of the service says', async () => {
    const { service, funnelConnect } = await client(() => ({ json: {} }))
    await funnelConnect.proxy('conn_1')(`${service.url}/v1/connections/conn_1/proxy/orders?after=9`)
    expect(service.asked[0]).toMatchObject({ path: '/v1/connections/conn_1/proxy/orders?after=9' })
  })

  test('takes a Request, with its body and headers, and replaces its credential', async () => {
    const request = new Request('https://acme.myclickfunnels.com/api/v2/contacts', {
      method: 'PATCH',
      body: '{"a":1}',
      headers: { 'content-type': 'application/json', authorization: 'Bearer theirs' },
    })
    expect(await call(request)).toMatchObject({
      method: 'PATCH',
      body: '{"a":1}',
      headers: { 'content-type': 'application/json', authorization: 'Bearer fc_key' },
    })
  })

  test.each([
    'https://elsewhere.example/v1/x',
    '../../connect-sessions',
    'x/%2e%2e/../../../tenants',
    'https://elsewhere.example/api/v2/../../x',
  ])('does not lead the credential to %s', async (input) => {
    await expect(call(input)).rejects.toThrow(TypeError)
  })
})
