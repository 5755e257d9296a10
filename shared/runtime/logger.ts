// Logs as JSON lines: one object of strings, numbers and errors taken apart, as docs/runbook.md asks for them. Secrets
// redact themselves (domain/secret.ts); the replacer here is the second wall, for a secret that reached a log as a plain
// string under a telling name. Lines go to the standard output itself: Lambda's console would wrap each in another object.
import type { Log } from '#domain/ambient.ts'

/** Not `code`: that would hide error codes. Authorization codes are Secrets all the way. */
const TELLING =
  /^(access_?token|refresh_?token|client_?secret|authorization|cookie|set-cookie|api_?key|code_?verifier|state|password|body)$/i

export function createLog(
  service: string,
  write: (line: string) => void = (line) => process.stdout.write(line),
): Log {
  const at = (level: string) => (message: string, fields?: Readonly<Record<string, unknown>>) => {
    const own = { level, timestamp: new Date().toISOString(), service, message, xray_trace_id: traceId() }
    // Twice, so that ours come first and no field takes their place.
    write(`${JSON.stringify({ ...own, ...fields, ...own }, replacer())}\n`)
  }
  return { info: at('INFO'), warn: at('WARN'), error: at('ERROR') }
}

/** Of the invocation that runs, as Lambda gives it: "Root=1-…;Parent=…;Sampled=1". */
function traceId(): string | undefined {
  return process.env._X_AMZN_TRACE_ID?.split(';', 1)[0]?.replace('Root=', '')
}

/** What makes anything fit for JSON: without secrets, errors with their causes, nothing within itself. */
function replacer() {
  const around: { readonly value: object; readonly written: object }[] = []
  return function (this: unknown, name: string, value: unknown): unknown {
    if (typeof value === 'string') return TELLING.test(name) ? '[redacted]' : value
    if (typeof value === 'bigint') return String(value)
    if (typeof value !== 'object' || value === null) return value
    while (around.length > 0 && around.at(-1)?.written !== this) around.pop()
    if (around.some((outer) => outer.value === value)) return undefined
    const written = value instanceof Error ? members(value) : value
    around.push({ value, written })
    return written
  }
}

/** An error's members are not enumerable, but for those that its class adds. */
function members(error: Error): object {
  const { name, message, stack, cause, ...added } = error
  return { name, message, stack, cause, ...added }
}
