// Which methods a path serves: what a 405 lists, and which paths are a 404.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { methodsAt, methodsOf } from '#http/route-match.ts'
import { ROUTES } from '#http/routes.ts'
import { service } from '../../functions/service.ts'
import { anEvent, CONTEXT, received, stackPorts } from './events.ts'

const handler = service(stackPorts())
const unrouted = async (method: string, path: string) =>
  received(await handler(anEvent({ routeKey: '$default', method, path }), CONTEXT))

test.each([
  ['/v1/connections', ['GET']],
  ['/v1/connections/x', ['GET', 'DELETE']],
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
  expect(answer.headers.allow).toBe('GET, DELETE')
  expect(answer.json.detail).toContain('GET, DELETE')
})

test('no GET route serves HEAD: it is refused, and neither a 405 nor a preflight lists it', async () => {
  const answer = await unrouted('HEAD', '/v1/connections')
  expect(answer).toMatchObject({ statusCode: 405, headers: { allow: 'GET' } })
  expect(methodsAt({ routeKey: '$default', path: '/v1/connections/x' })).toEqual(['GET', 'DELETE'])
})

test('a route for ANY method lists its methods, whatever the decoded path looks like', () => {
  const routeKey = 'ANY /v1/connections/{id}/proxy/{path+}'
  for (const path of ['/v1/connections/x/proxy/a', '/v1/connections/a/b/proxy//'])
    expect(methodsAt({ routeKey, path })).toEqual(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'])
})

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
