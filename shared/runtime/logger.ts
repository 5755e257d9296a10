// Logs as JSON lines. Secrets redact themselves (domain/secret.ts); the replacer here is the second wall, for a secret
// that reached a log as a plain string under a telling name.
import { Logger } from '@aws-lambda-powertools/logger'
import type { Log } from '#domain/ports.ts'

/** Not `code`: that would hide error codes. Authorization codes are Secrets all the way. */
const TELLING =
  /^(access_?token|refresh_?token|client_?secret|authorization|cookie|set-cookie|api_?key|code_?verifier|state|password|body)$/i

export function redact(name: string, value: unknown): unknown {
  return TELLING.test(name) && typeof value === 'string' ? '[redacted]' : value
}

export function createLog(serviceName: string): Log {
  const logger = new Logger({ serviceName, jsonReplacerFn: redact })
  return {
    info: (message, fields = {}) => logger.info(message, fields),
    warn: (message, fields = {}) => logger.warn(message, fields),
    error: (message, fields = {}) => logger.error(message, fields),
  }
}
