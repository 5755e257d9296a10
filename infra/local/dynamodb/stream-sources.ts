// Stands in for Lambda's event source mappings of a table's stream: reads new records, drops those that the template's filters
// drop, invokes the function with the others, and repeats a batch that failed as often as the template says.
import { setTimeout as sleep } from 'node:timers/promises'
import type { StreamSource } from '../cloudformation/event-sources.ts'
import { matchesPattern } from './event-filter.ts'
import { type StreamRecord, TableStream } from './streams.ts'

/** Lambda looks several times a second, too. */
const POLL_MILLISECONDS = 100
const RETRY_MILLISECONDS = 500

export class StreamSources {
  readonly #sources: readonly StreamSource[]
  readonly #endpoint: string
  readonly #invoke: (name: string, event: unknown) => Promise<unknown>
  readonly #onError: (name: string, error: Error) => void
  readonly #stopping = new AbortController()
  #polls: Promise<void>[] = []

  constructor(
    sources: readonly StreamSource[],
    endpoint: string,
    invoke: (name: string, event: unknown) => Promise<unknown>,
    onError: (name: string, error: Error) => void,
  ) {
    this.#sources = sources
    this.#endpoint = endpoint
    this.#invoke = invoke
    this.#onError = onError
  }

  start(): void {
    this.#polls = this.#sources.map((source) => this.#poll(source))
  }

  /** Waits for the invocations under way. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await Promise.all(this.#polls)
  }

  async #poll(source: StreamSource): Promise<void> {
    const stream = new TableStream(this.#endpoint, source.tableName)
    while (!this.#stopping.signal.aborted) {
      try {
        const records = await stream.next(source.batchSize)
        await this.#deliver(source, records)
        if (records.length === 0) await this.#pause(POLL_MILLISECONDS)
      } catch (error) {
        if (this.#stopping.signal.aborted) return
        this.#onError(source.function, error as Error)
        stream.restart()
        await this.#pause(RETRY_MILLISECONDS)
      }
    }
  }

  async #deliver({ filters, retries, function: target }: StreamSource, records: readonly StreamRecord[]) {
    const Records = records.filter(
      (record) => filters.length === 0 || filters.some((pattern) => matchesPattern(record, pattern)),
    )
    if (Records.length === 0) return
    for (let attempt = 0; attempt <= retries && !this.#stopping.signal.aborted; attempt++) {
      try {
        await this.#invoke(target, { Records })
        return
      } catch (error) {
        this.#onError(target, error as Error)
        await this.#pause(RETRY_MILLISECONDS)
      }
    }
  }

  async #pause(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: this.#stopping.signal }).catch(() => {})
  }
}
