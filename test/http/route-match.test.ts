// Which methods a path serves: what a 405 lists, and which paths are a 404.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { methodsAt, methodsOf, methodsOfOther } from '#http/route-match.ts'
import { ROUTES } from '#http/routes.ts'
import { type Endpoints, httpHandler } from '#http/stack.ts'
import { service } from '../../functions/service.ts'
import { aCaller, anEvent, CONTEXT, received, stackPorts } from './events.ts'

const handler = service(stackPorts())
const unrouted = async (method: string, path: string) =>
  received(await handler(anEvent({ routeKey: '$default', method, path }), CONTEXT))

test.each([
  ['/v1/connections', ['GET']],
  ['/v1/connections/x', ['GET', 'PATCH', 'DELETE']],
  ['/v1/connections/import', ['POST']],
  ['/v1/connections/x/refresh', ['POST']],
  ['/v1/connections/x/proxy/a/b', ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']],
  ['/v1/tenants/x', ['GET', 'PATCH', 'DELETE']],
  ['/v1/tenants/x/apps', ['POST', 'GET']],
  ['/v1/health', ['GET']],
])('%s takes %j', (path, methods) => {
  expect(methodsOf(path)).toEqual(methods)
})

test.each([
  ['/'],
  [''],
  ['/v1'],
  ['/v1/'],
  ['/v2/connections'],
  ['/v1/connections/'],
  ['/v1/connections/x/'],
  ['/v1/connections/x/nothing'],
  ['/v1/connections/x/proxy'],
  ['/v1/connections/x/proxy/'],
  ['/V1/connections'],
  ['/v1/connections/x/refresh/y'],
  ['//v1/connections'],
  ['$default'],
  ['/v1/connections/constructor/__proto__'],
])('%j is no path of ours', async (path) => {
  expect(methodsOf(path)).toEqual([])
  expect(await unrouted('GET', path)).toMatchObject({ statusCode: 404, json: { code: 'not_found' } })
})

test('a wrong method is a 405 that lists the right ones, in the header and in the text', async () => {
  const answer = await unrouted('PUT', '/v1/connections/x')
  expect(answer).toMatchObject({ statusCode: 405, json: { code: 'method_not_allowed' } })
  expect(answer.headers.allow).toBe('GET, PATCH, DELETE')
  expect(answer.json.detail).toContain('GET, PATCH, DELETE')
})

test('no GET route serves HEAD: it is refused, and neither a 405 nor a preflight lists it', async () => {
  const answer = await unrouted('HEAD', '/v1/connections')
  expect(answer).toMatchObject({ statusCode: 405, headers: { allow: 'GET' } })
  expect(methodsAt({ routeKey: '$default', path: '/v1/connections/x' })).toEqual(['GET', 'PATCH', 'DELETE'])
})

const PROXIED = 'ANY /v1/connections/{id}/proxy/{path+}'

test('a route for ANY method lists its methods, whatever the decoded path looks like', () => {
  const routeKey = PROXIED
  for (const path of ['/v1/connections/x/proxy/a', '/v1/connections/a/b/proxy//'])
    expect(methodsAt({ routeKey, path })).toEqual(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'])
})

// TRACE asks a server to send back the request (RFC 9110 section 9.3.8), and with it the access token of the connection.
test.each(['TRACE', 'CONNECT', 'PROPFIND', 'get'])(
  'a method that the proxy does not list gets a 405 and reaches no endpoint: %s',
  async (method) => {
    let reached = false
    const endpoint = async () => {
      reached = true
      return { status: 200, headers: {} }
    }
    const endpoints = { [PROXIED]: endpoint } as unknown as Endpoints<'proxy'>
    const authenticate = async () => aCaller({ id: 'ten_1' })
    const proxy = httpHandler<'proxy'>({ ...stackPorts(), authenticate }, endpoints)
    const path = '/v1/connections/x/proxy/me'
    const answer = received(await proxy(anEvent({ routeKey: PROXIED, method, path }), CONTEXT))
    expect(answer).toMatchObject({ statusCode: 405, json: { code: 'method_not_allowed' } })
    expect(answer.headers.allow).toBe('GET, HEAD, POST, PUT, PATCH, DELETE')
    expect(reached).toBe(false)
  },
)

test('every route of the table is found, whatever its parameters are', () => {
  const value = fc.string({ minLength: 1 }).filter((text) => !text.includes('/'))
  const routes = fc.constantFrom(...Object.keys(ROUTES).filter((key) => key !== '$default'))
  fc.assert(
    fc.property(routes, value, (route, parameter) => {
      const [method = '', template = ''] = route.split(' ')
      const served = method === 'ANY' ? 'PATCH' : method
      expect(methodsOf(template.replaceAll(/\{\w+\+?\}/g, () => parameter))).toContain(served)
    }),
  )
})

test('a path that a route names belongs to no other route, though API Gateway brings other methods to it', () => {
  const routeKey = 'PATCH /v1/connections/{id}'
  expect(methodsOfOther({ routeKey, path: '/v1/connections/import' })).toEqual(['POST'])
  expect(methodsOfOther({ routeKey, path: '/v1/connections/conn_x' })).toBeUndefined()
  const proxied = 'ANY /v1/connections/{id}/proxy/{path+}'
  expect(methodsOfOther({ routeKey: proxied, path: '/v1/connections/x/proxy/import' })).toBeUndefined()
})
