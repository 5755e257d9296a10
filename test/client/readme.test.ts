// The README's snippet for servers runs as it is printed, except for the URLs. The snippets for pages run in Chromium
// (test/browser/packed-client.test.ts).
import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { scratchFolder } from '../support/scratch.ts'
import { startTestStack, type TestStack } from '../support/stack.ts'
import { snippet } from './snippets.ts'

let stack: TestStack
beforeAll(async () => {
  stack = await startTestStack()
})
afterAll(() => stack?.close())

const run = promisify(execFile)

test('the snippet for servers starts a session, lists funnels and calls the API', async () => {
  const tenant = await stack.createTenant()
  await stack.connect(tenant)
  const code = snippet('server')
    .replace('@funnel-connect/client', pathToFileURL(resolve('client/src/index.ts')).href)
    .replace('https://connect.example.com', stack.url)
    .replace('https://app.example.com/connected', tenant.returnUrl)
  const file = join(scratchFolder(), 'server.mts')
  writeFileSync(file, code)
  const { stdout } = await run(process.execPath, [file], { env: { API_KEY: tenant.apiKey } })
  const [link, ...lines] = stdout.trim().split('\n')
  expect(link).toMatch(`${stack.url}/v1/authorize?session=`)
  // The funnels' names, and the status of the call.
  expect(lines).toHaveLength(58)
  expect(lines.at(-1)).toBe('200')
})
