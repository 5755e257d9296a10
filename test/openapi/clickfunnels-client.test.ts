// A client of ClickFunnels' own OpenAPI document works with this service as its server: the snippet of docs/proxy.md, run as
// it is printed.
import { readFileSync } from 'node:fs'
import { OpenAPIClientAxios } from 'openapi-client-axios'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestStack, type TestStack } from '../support/stack.ts'

let stack: TestStack
beforeAll(async () => {
  stack = await startTestStack()
})
afterAll(() => stack?.close())

const parameter = (name: string, where: string) => ({
  name,
  in: where,
  required: where === 'path',
  schema: { type: 'string' },
})

/** ClickFunnels' document, with one operation. */
const clickfunnelsDocument = {
  openapi: '3.1.0',
  info: { title: 'ClickFunnels API', version: '2.0.0' },
  servers: [{ url: 'https://myworkspace.myclickfunnels.com/api/v2' }],
  paths: {
    '/workspaces/{workspace_id}/funnels': {
      get: {
        operationId: 'listFunnels',
        parameters: [parameter('workspace_id', 'path'), parameter('after', 'query')],
        responses: { 200: { description: 'A page.' } },
      },
    },
  },
}

test('a client of ClickFunnels calls this service after a change of server and credential', async () => {
  const tenant = await stack.createTenant()
  const { json: connection } = await stack.connect(tenant)
  const code = snippet('generated client')
  expect(code).toContain("import { OpenAPIClientAxios } from 'openapi-client-axios'")
  const body = `${code.replace(/^import .*$/m, '')}\nreturn { data, headers }`
  const given = {
    OpenAPIClientAxios,
    clickfunnelsDocument,
    service: stack.url,
    connection: connection.id,
    apiKey: tenant.apiKey,
  }
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor
  const { data, headers } = await new AsyncFunction(...Object.keys(given), body)(...Object.values(given))
  expect(data.map(({ workspace_id }: { workspace_id: number }) => workspace_id)).toContain(20417)
  expect(headers['funnel-connect-answer-by']).toBe('clickfunnels')
})

/** A snippet of docs/proxy.md, by the name in the comment above it. */
function snippet(name: string): string {
  const docs = readFileSync('docs/proxy.md', 'utf8')
  return docs.split(`<!-- snippet: ${name} -->\n\`\`\`js\n`)[1]?.split('\n```')[0] ?? ''
}
