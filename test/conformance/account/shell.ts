// One bash for a whole guide: it runs block after block as they are printed, and keeps variables and functions between them.
import { spawn } from 'node:child_process'
import { once } from 'node:events'

const BLOCK_LIMIT_MS = 600_000
const END = '\u001eend of block\u001e'

export interface Shell {
  /** Runs a block. Returns what it wrote. @throws Error with the block and its output when a command fails */
  run(block: string): Promise<string>
  close(): Promise<void>
}

export function openShell(cwd: string, environment: Readonly<Record<string, string | undefined>>): Shell {
  const bash = spawn('bash', ['-euo', 'pipefail'], {
    cwd,
    env: { ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  })
  let output = ''
  let waiting: (() => void) | undefined
  const collect = (chunk: string) => {
    output += chunk
    if (output.includes(END)) waiting?.()
  }
  bash.stdout.setEncoding('utf8').on('data', collect)
  bash.stderr.setEncoding('utf8').on('data', collect)
  bash.stdin.on('error', () => {})
  const ended = once(bash, 'close').then(() => waiting?.())
  const kill = () => {
    if (bash.pid !== undefined && bash.exitCode === null) process.kill(-bash.pid, 'SIGKILL')
  }
  process.once('exit', kill)
  return {
    run: async (block) => {
      output = ''
      const done = new Promise<void>((resolve) => {
        waiting = resolve
      })
      const timer = setTimeout(kill, BLOCK_LIMIT_MS)
      // bash reads the next line only when the block is over, so the block's programs must not read from it.
      bash.stdin.write(`{\n${block}\n} </dev/null\nprintf '${END}'\n`)
      await done
      clearTimeout(timer)
      const [text = ''] = output.split(END)
      if (!output.includes(END)) throw new Error(`This fails:\n\n${block}\n\n${text.trim()}`)
      return text
    },
    close: async () => {
      process.off('exit', kill)
      bash.stdin.end()
      await ended
    },
  }
}
