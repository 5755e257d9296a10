// moto (PyPI) as an AWS on a free port of this machine, one request at a time.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import type { Python } from '../part.ts'

const SERVER = join(import.meta.dirname, 'single_threaded_moto.py')
const START_LIMIT_MS = 60_000

export interface Moto {
  readonly url: string
  close(): Promise<void>
}

/** @throws Error with moto's output when it does not start */
export async function startMoto({ bin }: Python): Promise<Moto> {
  const child = spawn(join(bin, 'python'), [SERVER], { stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const close = async () => {
    child.kill('SIGKILL')
    await ended
  }
  let output = ''
  const url = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`moto did not start: ${output}`)), START_LIMIT_MS)
    const collect = (text: string) => {
      output = `${output}${text}`.slice(-10_000)
      const [, found] = /listening on (\S+)/.exec(output) ?? []
      if (found === undefined) return
      clearTimeout(timer)
      resolve(found)
    }
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', collect)
    child.once('error', reject)
    child.once('close', () => reject(new Error(`moto ended: ${output}`)))
  }).catch(async (error) => {
    await close()
    throw error
  })
  return { url, close }
}
