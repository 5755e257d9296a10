// Which requests the command line repeats when the service is not available, and which never.
import { afterEach, expect, test } from 'vitest'
import { operatorApi } from '../../infra/cli/api.ts'
import { type LoopbackServer, listenOnLoopback } from '../../infra/local/loopback-server.ts'

let server: LoopbackServer | undefined
afterEach(() => server?.close())

test.each<[string, method: string, body: object | undefined, asked: number]>([
  ['a change of a name', 'PATCH', { name: 'Other' }, 2],
  ['a new client secret', 'PATCH', { client_secret: 'new' }, 1],
  ['a new tenant', 'POST', { name: 'Other' }, 1],
])('%s is repeated only if that is safe', async (_, method, body, asked) => {
  let requests = 0
  server = await listenOnLoopback(0, (_, response) => {
    requests += 1
    response.writeHead(requests === 1 ? 503 : 200, { 'content-type': 'application/json' }).end('{}')
  })
  await operatorApi(server.url, undefined)
    .call(method, '/v1/tenants', body)
    .catch(() => undefined)
  expect(requests).toBe(asked)
})

test.each([
  'http://api.example',
  'http://10.0.0.1:4600',
  'http://127.0.0.1.evil.example',
  'http://localhost.evil.example',
])('nothing is signed for or sent to %s', (url) => {
  expect(() => operatorApi(url, 'eu-west-1')).toThrow(/Plain http is for this machine only/)
})

test.each(['https://api.example', 'http://127.0.0.1:4600', 'http://localhost:4600', 'http://[::1]:4600'])(
  '%s is accepted',
  (url) => {
    expect(operatorApi(url, 'eu-west-1').url).toBe(url)
  },
)
