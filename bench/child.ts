// The processes of the benchmark: started with their settings, ready when they send their URL, asked for their CPU time.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'

export interface Contender {
  readonly name: string
  readonly url: string
  /** CPU time of the process so far, in microseconds. */
  cpu(): Promise<number>
  stop(): Promise<void>
}

/** In a child: says that it is ready, and from then on what CPU time it used. */
export function tellCpu(url: string, beforeExit: () => Promise<void> = async () => {}): void {
  process.on('message', () => {
    const { user, system } = process.cpuUsage()
    process.send?.(user + system)
  })
  process.once('disconnect', () => void beforeExit().finally(() => process.exit()))
  process.send?.(url)
}

export async function startChild(
  name: string,
  file: URL,
  settings: Readonly<Record<string, string | undefined>>,
): Promise<Contender> {
  const child: ChildProcess = fork(file, [], {
    execArgv: [],
    // Logs are written, as they are when deployed, and read by nobody.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { PATH: process.env.PATH, NODE_ENV: 'production', ...settings },
  })
  const [url] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => {
      throw new Error(`"${file.pathname}" ended with ${code} before it was ready`)
    }),
  ])
  return {
    name,
    url: String(url),
    cpu: async () => {
      const told = once(child, 'message')
      child.send('cpu')
      return Number((await told)[0])
    },
    stop: async () => {
      const ended = once(child, 'exit')
      child.disconnect()
      await ended
    },
  }
}
