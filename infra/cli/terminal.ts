// Asks the person at the terminal for confirmations and secrets. Secrets are never arguments, because other users of the
// machine can see those, and the shell's history keeps them.
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { UsageError } from './faults.ts'
import { type ErrorStream, printable } from './output.ts'

/** The parts of a process that commands use. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean }
  readonly stdout: NodeJS.WritableStream
  readonly stderr: ErrorStream
  once?(signal: 'SIGINT', listener: () => void): unknown
}

export class Terminal {
  readonly #io: Surroundings

  constructor(io: Surroundings) {
    this.#io = io
  }

  /**
   * Asks for a confirmation of what cannot be undone.
   * @param wanted what the person has to type
   * @param given the answer of a script, from an option
   * @throws UsageError when the answer differs, or standard input is no terminal
   */
  async confirm(question: string, wanted: string, given: string | undefined): Promise<void> {
    const typed = given ?? (await this.#ask(printable(question), wanted))
    if (typed !== wanted) throw new UsageError(`"${typed}" is not "${wanted}". Nothing was changed.`)
  }

  /** Reads a secret from the environment, from a pipe, or from the keyboard without showing it. */
  async secret(what: string, variable: string): Promise<string> {
    const { env, stdin } = this.#io
    const secret = env[variable] ?? (await (stdin.isTTY ? this.#hidden(what) : piped(stdin)))
    if (secret.trim() === '') {
      throw new UsageError(`The ${what} is missing. Set $${variable}, or pass it on standard input.`)
    }
    return secret.trim()
  }

  variable(name: string): string | undefined {
    return this.#io.env[name]
  }

  /** Aborted when the person presses Ctrl-C, from this call on. A second time, that ends the process. */
  interruption(): AbortSignal {
    const controller = new AbortController()
    this.#io.once?.('SIGINT', () => controller.abort())
    return controller.signal
  }

  async #ask(question: string, wanted: string): Promise<string> {
    const { stdin, stderr } = this.#io
    if (!stdin.isTTY) {
      throw new UsageError(
        `${question} Standard input is no terminal, so the command cannot ask for a confirmation.`,
        `In a script, add --confirm ${wanted}.`,
      )
    }
    const reader = createInterface({ input: stdin, output: stderr })
    const typed = await reader.question(`${question}\nType "${wanted}" to confirm: `)
    reader.close()
    return typed.trim()
  }

  async #hidden(what: string): Promise<string> {
    const { stdin, stderr } = this.#io
    stderr.write(`Type the ${what} (not shown): `)
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
