// Writes down what happens in a run, and tells the model of tokens what it has to know.
import { Sandbox } from '../lambda/sandbox.ts'
import type { Arrived } from '../provider/line.ts'
import type { Owner } from '../timeline.ts'
import type { Line } from '../weather.ts'
import type { Holdings, Storage } from './holdings.ts'
import type { TokenModel } from './tokens.ts'

export class Observer {
  readonly trace: string[] = []
  /** State of the connections × fault × call, as far as they were reached together. */
  readonly covered: Record<string, number> = {}
  /** Messages that went to the log because the queue did not take them. */
  readonly unstored: string[] = []
  readonly #now: () => number
  readonly #tokens: TokenModel
  readonly #storage: Storage | undefined
  readonly #fail: (error: unknown) => void
  #states = ''

  constructor(
    now: () => number,
    tokens: TokenModel,
    storage: Storage | undefined,
    fail: (error: unknown) => void,
  ) {
    this.#now = now
    this.#tokens = tokens
    this.#storage = storage
    this.#fail = fail
  }

  note(what: string): void {
    this.trace.push(`${(this.#now() / 1000).toFixed(3).padStart(10)}  ${what}`)
  }

  noteHoldings(holdings: Holdings): void {
    this.#states = statesOf(holdings)
  }

  noteFault(line: Line, kind: string, call: string, process: Owner | undefined): void {
    this.note(`${process?.name} ${line} ${kind}`)
    const functionName = process instanceof Sandbox ? process.functionName : ''
    this.covered[`${this.#states} ${line} ${kind} ${functionName} ${call}`] = 1
    if (process instanceof Sandbox) this.#tokens.noteFault(line, process)
  }

  noteRequest(arrived: Arrived): void {
    const { line, request, process } = arrived
    this.note(`${process?.name} asks ${request.method} ${request.path}`)
    const form = new URLSearchParams(request.body)
    const token = form.get(line === 'revoke' ? 'token' : 'refresh_token')
    this.#judge(() => {
      if (line === 'revoke' && token !== null) this.#tokens.noteRevocation(token)
      if (line === 'token' && token !== null) this.#tokens.notePresented(token, arrived)
    })
  }

  noteRead({ answer, process, request }: Arrived): void {
    this.note(`${process?.name} reads ${answer?.status} of ${request.method} ${request.path}`)
    if (answer?.row && process instanceof Sandbox) this.#tokens.noteReached(answer.row, process)
  }

  noteRefused({ answer, process, sentAt, call }: Arrived): void {
    this.note(`${process?.name} has closed the socket of ${answer?.row?.name ?? 'an answer'}`)
    this.#judge(() => {
      // A process that has its next call had given up in the one before.
      const isSame = process instanceof Sandbox && process.calls === call
      if (answer?.row && isSame) this.#tokens.noteRefused(answer.row, process, sentAt)
    })
  }

  noteLog(sandbox: Sandbox, line: string): void {
    const { level, message, recovery_message: unstored } = JSON.parse(line)
    if (unstored !== undefined && this.#storage) {
      this.unstored.push(unstored)
      this.#tokens.noteLogged(this.#storage.message(unstored))
    }
    if (level !== 'INFO') this.note(`${sandbox.name} logs ${level}: ${message}`)
  }

  /** What is thrown here would end in our own code, and be taken for a fault. */
  #judge(look: () => void): void {
    try {
      look()
    } catch (error) {
      this.#fail(error)
    }
  }
}

/** What is stored, in a word: for the coverage. */
function statesOf({ connections, revocations, queue }: Holdings): string {
  const states = [...connections.values()].map(
    ({ status, endedAt, lastError, isLeased }) =>
      `${endedAt ? 'ended' : status === 'active' ? 'active' : 'refused'}/${lastError ?? '-'}/${isLeased ? 'leased' : '-'}`,
  )
  const extra = `${revocations.size > 0 ? ' revocation' : ''}${queue.size > 0 ? ' queued' : ''}`
  return `${[...new Set(states)].toSorted().join('+')}${extra}`
}
