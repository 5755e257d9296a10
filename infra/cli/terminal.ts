// The person at the terminal: typed confirmations, and secrets, which never are arguments (those are seen by everybody on
// the machine and stay in the shell's history).
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { UsageError } from './faults.ts'
import { type ErrorStream, printable } from './output.ts'

/** What a process has around it, as far as commands use it. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean }
  readonly stdout: NodeJS.WritableStream
  readonly stderr: ErrorStream
}

export class Terminal {
  readonly #io: Surroundings

  constructor(io: Surroundings) {
    this.#io = io
  }

  /**
   * Has something typed that cannot be undone.
   * @param given by an option, in a script
   * @throws UsageError when it is another, or nobody is there to ask
   */
  async confirm(question: string, wanted: string, given: string | undefined): Promise<void> {
    const typed = given ?? (await this.#ask(printable(question), wanted))
    if (typed !== wanted) throw new UsageError(`"${typed}" is not "${wanted}". Nothing was done.`)
  }

  /** A secret from the environment, from a pipe, or typed without being shown. */
  async secret(what: string, variable: string): Promise<string> {
    const { env, stdin } = this.#io
    const secret = env[variable] ?? (await (stdin.isTTY ? this.#hidden(what) : piped(stdin)))
    if (secret.trim() === '') {
      throw new UsageError(`The ${what} is missing. Set $${variable}, or give it on standard input.`)
    }
    return secret.trim()
  }

  async #ask(question: string, wanted: string): Promise<string> {
    const { stdin, stderr } = this.#io
    if (!stdin.isTTY) {
      throw new UsageError(`${question} Nobody is there to confirm that.`, `In a script: --confirm ${wanted}`)
    }
    const reader = createInterface({ input: stdin, output: stderr })
    const typed = await reader.question(`${question}\nType "${wanted}" to go on: `)
    reader.close()
    return typed.trim()
  }

  async #hidden(what: string): Promise<string> {
    const { stdin, stderr } = this.#io
    stderr.write(`The ${what} (it is not shown): `)
    const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
    const reader = createInterface({ input: stdin, output: nowhere, terminal: true })
    const typed = await reader.question('')
    reader.close()
    stderr.write('\n')
    return typed
  }
}

async function piped(stdin: NodeJS.ReadableStream): Promise<string> {
  let text = ''
  for await (const chunk of stdin) text += chunk
  return text
}
