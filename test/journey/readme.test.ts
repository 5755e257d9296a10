// The README's script runs as it is printed, but for the two addresses.
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestStack, type TestStack } from '../support/stack.ts'

let stack: TestStack
beforeAll(async () => {
  stack = await startTestStack()
})
afterAll(() => stack?.close())

test('the journey with curl alone ends as the README promises', async () => {
  const readme = readFileSync('README.md', 'utf8')
  const script =
    /<!-- run by: test\/journey\/readme.test.ts -->\n```bash\n([\s\S]*?)\n```/.exec(readme)?.[1] ?? ''
  expect(script).toContain('http://127.0.0.1:4600')
  const here = script
    .replace('http://127.0.0.1:4600', stack.url)
    .replace('http://127.0.0.1:4601', stack.simulator.url)
  const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', here])
  const lines = stdout.trim().split(/\r?\n/)
  expect(lines[0]).toMatch(/^to ClickFunnels: http:.*code_challenge_method=S256/)
  expect(lines[1]).toMatch(/^back to the product: .*status=awaiting_completion&completion_code=/)
  expect(lines[2]).toContain('200 OK')
  expect(lines[3]).toMatch(/^pagination-next: \d+/)
  expect(lines.slice(5)).toEqual([
    '{"count":1}',
    expect.stringContaining('200 OK'),
    '"grants":{"authorization_code":1,"refresh_token":1}',
    '204',
    '"state":"revoked"',
    '"state":"revoked"',
  ])
})
