// The commands "webhooks …" against a service in this process.
import { PassThrough, Readable } from 'node:stream'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { main } from '../../infra/cli/tenants.ts'
import { type ServiceInProcess, startInProcess } from '../support/service.ts'

let service: ServiceInProcess
let tenant: string
beforeAll(async () => {
  service = await startInProcess()
  const body = { name: 'Acme', return_urls: ['https://acme.example/done'] }
  tenant = (await service.call('POST', '/v1/tenants', body)).json.id
})
afterAll(() => service?.close())

async function webhooks(line: string): Promise<{ code: number; out: string; err: string }> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const env = { FUNNEL_CONNECT_URL: service.url }
  const code = await main(`webhooks ${line}`.split(' '), { env, stdin: Readable.from(['']), stdout, stderr })
  return { code, out: String(stdout.read() ?? ''), err: String(stderr.read() ?? '') }
}
const json = async (line: string) => JSON.parse((await webhooks(`${line} --json`)).out)

test('an operator adds an endpoint, tries it, sends again and removes it', async () => {
  expect((await webhooks(`list ${tenant}`)).err).toContain('webhooks add')
  const url = 'https://saas.example.com/hooks'
  const added = await webhooks(`add ${tenant} --endpoint ${url} --types connection.broken,clickfunnels.*`)
  expect(added.out).toMatch(/secret +whsec_/)
  expect(added.err).toContain('Store the secret now')
  const [endpoint] = (await json(`list ${tenant}`)).data
  expect(endpoint).toMatchObject({ url, types: ['connection.broken', 'clickfunnels.*'], enabled: true })
  const at = `${tenant} ${endpoint.id}`
  expect((await webhooks(`disable ${at}`)).out).toContain('(requested)')
  expect((await webhooks(`enable ${at}`)).out).toMatch(/status +enabled/)
  expect((await webhooks(`rotate-secret ${at}`)).out).toMatch(/secret +whsec_/)
  const test = await json(`test ${at}`)
  const listed = await webhooks(`deliveries ${at} --limit 5`)
  expect(listed.out).toContain(test.id)
  expect(listed.out).toContain('webhook_endpoint.test')
  expect((await json(`resend ${at} ${test.id}`)).status).toBe('waiting')
  expect(await json(`replay ${at} --since 2026-01-01T00:00:00Z`)).toEqual({ deliveries: 0 })
  expect((await webhooks(`replay ${at}`)).code).toBe(2)
  expect((await webhooks(`remove ${at}`)).code).toBe(0)
  expect((await webhooks(`deliveries ${at}`)).code).toBe(1)
})
