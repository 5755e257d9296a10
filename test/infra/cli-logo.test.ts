// The operator's commands for a tenant's logo, against a service in this process.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTenant } from '#domain/tenants/manage-tenants.ts'
import { main } from '../../infra/cli/tenants.ts'
import { png } from '../support/images.ts'
import { type ServiceInProcess, startInProcess } from '../support/service.ts'

let service: ServiceInProcess
const folder = mkdtempSync(join(tmpdir(), 'logo-'))
beforeAll(async () => {
  service = await startInProcess()
})
afterAll(async () => {
  await service?.close()
  rmSync(folder, { recursive: true, force: true })
})

async function run(line: string) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const env = { FUNNEL_CONNECT_URL: service.url }
  const code = await main(line.split(' '), { env, stdin: Readable.from(['']), stdout, stderr })
  return { code, out: String(stdout.read() ?? ''), err: String(stderr.read() ?? '') }
}
function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

test('a logo is set from a file, whatever its name is, and removed', async () => {
  const { id } = await createTenant(service.services, { name: 'Saas', returnUrls: [], origins: [] })
  const image = file('logo.txt', png({ width: 64, height: 48 }))
  const drawing = file('drawing.png', '<svg xmlns="http://www.w3.org/2000/svg"/>')
  expect((await run(`logo set ${id} ${image}`)).out).toMatch(/logo +image\/png, 64 by 48 pixels/)
  expect(await run(`logo set ${id} ${drawing}`)).toMatchObject({
    code: 1,
    err: expect.stringMatching(/422 validation_failed: "image" is text that begins with "<"/),
  })
  expect((await run(`tenants show ${id}`)).out).toContain('64 by 48 pixels')
  expect(await run(`logo remove ${id}`)).toMatchObject({ code: 0 })
  expect((await run(`tenants show ${id}`)).out).not.toContain('pixels')
})

test.each([
  ['too large', () => file('large.png', Buffer.alloc(3_000_000)), /3000000 bytes.*at most 32768/],
  ['a folder', () => folder, /cannot be used/],
  ['missing', () => join(folder, 'missing.png'), /cannot be used: ENOENT/],
])('a file that is %s is wrong usage, and nothing is sent', async (_, make, said) => {
  const path = make()
  const { code, err } = await run(`logo set ten_x ${path}`)
  expect([code, err]).toEqual([2, expect.stringMatching(said)])
  expect(err).toContain(path)
})
