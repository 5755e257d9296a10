// `npm start` and `npm run dev` by way of npm, which is what a service manager signals.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, onTestFinished, test } from 'vitest'
import { scratchFolder } from '../support/scratch.ts'
import { databaseProcesses } from '../support/started.ts'

test.each(['start', 'dev'])('SIGTERM to npm alone ends every process of "npm run %s"', async (script) => {
  const dataDir = scratchFolder()
  const { PATH, HOME } = process.env
  const npm = spawn('npm', ['run', script], {
    env: { PATH, HOME, PORT: '0', DATA_DIR: dataDir },
    stdio: ['ignore', 'pipe', 'inherit'],
    // A process group of its own, in which every process is that does not leave it.
    detached: true,
  })
  const group = -(npm.pid ?? 0)
  onTestFinished(() => {
    if (isAlive(group)) process.kill(group, 'SIGKILL')
  })
  let output = ''
  npm.stdout.on('data', (chunk) => {
    output += chunk
  })
  await expect.poll(() => output, { timeout: 60_000 }).toMatch(/^ready .*\n/m)
  expect(databaseProcesses(dataDir)).not.toEqual([])
  const closed = once(npm, 'close')
  npm.kill('SIGTERM')
  await closed
  await expect.poll(() => isAlive(group), { timeout: 5_000 }).toBe(false)
  await expect.poll(() => databaseProcesses(dataDir), { timeout: 5_000 }).toEqual([])
})

function isAlive(process_: number): boolean {
  try {
    return process.kill(process_, 0)
  } catch {
    return false
  }
}
