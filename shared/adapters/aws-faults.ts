// Which faults of AWS calls pass by themselves, and what the caller is told of them.
import { ServiceError } from '#domain/errors.ts'

const THROTTLES = new Set([
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'RequestLimitExceeded',
  'TransactionInProgressException',
  'TransactionConflictException',
])

/**
 * Translates a fault of an AWS call: throttling, a server fault or no connection becomes a ServiceError
 * storage_unavailable (the SDK has retried already); anything else stays as it is.
 */
export function translateAwsFault(error: unknown): unknown {
  return isPassing(error) ? storageUnavailable(error) : error
}

export function storageUnavailable(cause: unknown): ServiceError {
  return new ServiceError(
    'storage_unavailable',
    'The store did not answer in time. Nothing is lost: try again.',
    {
      retryAfterSeconds: 2,
      cause,
    },
  )
}

function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if ('$fault' in error) {
    return (
      error.$fault === 'server' ||
      ('$retryable' in error && error.$retryable !== undefined) ||
      THROTTLES.has(error.name)
    )
  }
  const code = 'code' in error ? error.code : undefined
  return (
    error.name === 'TimeoutError' ||
    error.name === 'AbortError' ||
    (typeof code === 'string' && /^E[A-Z]/.test(code))
  )
}
