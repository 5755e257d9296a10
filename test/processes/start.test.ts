// `npm start` as a process: what it prints, how it ends, what it refuses.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, expect, test } from 'vitest'
import { listenOnLoopback } from '../../infra/local/loopback-server.ts'
import { scratchFolder } from '../support/scratch.ts'

const running: ChildProcess[] = []
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL')
})

function start(environment: Record<string, string>) {
  const child = spawn(process.execPath, ['infra/local/start.ts'], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.push(child)
  let output = ''
  const ready = new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      output += chunk
      if (/^ready .*\n/m.test(output)) resolve(output)
    })
    child.once('close', () => reject(new Error(`It ended: ${output}`)))
  })
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)))
  ready.catch(() => {})
  return { child, ready, ended, complaint: text(child.stderr) }
}

test('it says what it did, gives a curl that works as printed, and ends at once when told', async () => {
  const dataDir = scratchFolder()
  const first = start({ DATA_DIR: dataDir })
  const output = await first.ready
  expect(output.trimEnd().split('\n').at(-1)).toMatch(/^ready http:\/\/127\.0\.0\.1:\d+$/)
  const curl = /^ +(curl .*)$/m.exec(output)?.[1] ?? ''
  expect(JSON.parse(execFileSync('/bin/sh', ['-c', `${curl} -s`], { encoding: 'utf8' }))).toEqual({
    data: [],
  })
  const demo = /demo page +(\S+)/.exec(output)?.[1] ?? ''
  expect(await (await fetch(demo)).text()).toContain('Connect to ClickFunnels')
  expect(statSync(join(dataDir, 'demo.json')).mode & 0o777).toBe(0o600)

  const toldAt = performance.now()
  first.child.kill('SIGTERM')
  expect(await first.ended).toBe(0)
  expect(performance.now() - toldAt).toBeLessThan(2000)
  expect(await first.complaint).toBe('')

  const second = start({ DATA_DIR: dataDir })
  const keyIn = (printed: string) => /API key +(\S+)/.exec(printed)?.[1]
  expect(keyIn(await second.ready)).toBe(keyIn(output))
  expect(await second.ready).toContain('templates from the cache')
  second.child.kill('SIGINT')
  expect(await second.ended).toBe(0)
}, 90_000)

test('with a real provider there is no simulator and no app, and it says how to register one', async () => {
  const { child, ready, ended } = start({ CLICKFUNNELS_PROFILE: 'clickfunnels' })
  const output = await ready
  expect(output).toContain('not simulated')
  expect(output).toMatch(/curl -X POST http:\/\/127\.0\.0\.1:\d+\/v1\/tenants\/ten_\w+\/apps/)
  child.kill('SIGTERM')
  expect(await ended).toBe(0)
}, 60_000)

test('a taken port is refused with its number and the variable, and it ends', async () => {
  const other = await listenOnLoopback(0, () => {})
  const { ended, complaint } = start({ PORT: String(other.port) })
  expect(await ended).toBe(1)
  expect(await complaint).toContain(
    `Port ${other.port} (PORT, for the API) is taken. Set PORT to another one`,
  )
  await other.close()
})

test('a wrong variable is refused by name', async () => {
  const { ended, complaint } = start({ PORT: 'high' })
  expect(await ended).toBe(1)
  expect((await complaint).trim()).toBe('PORT must be a number from 0 to 65530, not "high"')
})
