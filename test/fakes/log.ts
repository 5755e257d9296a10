// A log that keeps everything, so that a test can search what was written.
import { inspect } from 'node:util'
import type { Log } from '#domain/ambient.ts'

export interface LogEntry {
  readonly level: 'info' | 'warn' | 'error'
  readonly message: string
  readonly fields: Readonly<Record<string, unknown>>
}

export class FakeLog implements Log {
  readonly entries: LogEntry[] = []

  info(message: string, fields: LogEntry['fields'] = {}): void {
    this.entries.push({ level: 'info', message, fields })
  }

  warn(message: string, fields: LogEntry['fields'] = {}): void {
    this.entries.push({ level: 'warn', message, fields })
  }

  error(message: string, fields: LogEntry['fields'] = {}): void {
    this.entries.push({ level: 'error', message, fields })
  }

  /** Everything that was logged, as JSON and as a console would show it. */
  text(): string {
    return `${JSON.stringify(this.entries)}\n${inspect(this.entries, { depth: 20 })}`
  }
}
