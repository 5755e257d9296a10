// Writes logs as JSON, one object a line, in the form that the queries of docs/runbook.md expect. A Secret redacts itself
// (domain/secret.ts). In case a secret reaches a log as a plain string, the replacer also redacts strings whose name says
// that they are secret. Lines go straight to the standard output, because Lambda's console would wrap each in another object.
import type { Log } from '#domain/ambient.ts'

/** `code` is not among them, because error codes have that name. An authorization code is a Secret wherever it goes. */
const SECRET_NAME =
  /^(access_?token|refresh_?token|client_?secret|authorization|cookie|set-cookie|api_?key|code_?verifier|state|password|body)$/i

export function createLog(
  service: string,
  write: (line: string) => void = (line) => process.stdout.write(line),
): Log {
  const at = (level: string) => (message: string, fields?: Readonly<Record<string, unknown>>) => {
    const own = { level, timestamp: new Date().toISOString(), service, message, xray_trace_id: traceId() }
    // Spread twice: the line's own members come first, and no field overwrites them.
    write(`${JSON.stringify({ ...own, ...fields, ...own }, replacer())}\n`)
  }
  return { info: at('INFO'), warn: at('WARN'), error: at('ERROR') }
}

/** The trace of the present invocation. Lambda gives it as "Root=1-…;Parent=…;Sampled=1". */
function traceId(): string | undefined {
  return process.env._X_AMZN_TRACE_ID?.split(';', 1)[0]?.replace('Root=', '')
}

/** Makes any value fit for JSON: redacts secrets, writes errors with their causes, leaves out circular references. */
function replacer() {
  const around: { readonly value: object; readonly written: object }[] = []
  return function (this: unknown, name: string, value: unknown): unknown {
    if (typeof value === 'string') return SECRET_NAME.test(name) ? '[redacted]' : value
    if (typeof value === 'bigint') return String(value)
    if (typeof value !== 'object' || value === null) return value
    while (around.length > 0 && around.at(-1)?.written !== this) around.pop()
    if (around.some((outer) => outer.value === value)) return undefined
    const written = value instanceof Error ? members(value) : value
    around.push({ value, written })
    return written
  }
}

/** JSON.stringify leaves these four out, because they are not enumerable. What a subclass adds is. */
function members(error: Error): object {
  const { name, message, stack, cause, ...added } = error
  return { name, message, stack, cause, ...added }
}
