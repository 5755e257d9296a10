// One call to AWS: its deadline, and which faults are temporary. The SDK's own `requestTimeout` only logs a warning unless
// `throwOnRequestTimeout` is set, and does not cover an answer that stops after its head or comes byte by byte.
import { ServiceError } from '#domain/errors.ts'

/** For every AWS client. DynamoDB, KMS and SQS answer in milliseconds, and the SDK retries an attempt that hangs. */
export const AWS_TIMEOUTS = {
  connectionTimeout: 1_000,
  requestTimeout: 1_200,
  socketTimeout: 1_200,
  throwOnRequestTimeout: true,
} as const
/** The deadline of a whole call, retries by the SDK included. The caller goes on after it, whatever the SDK does. */
export const AWS_CALL_MILLISECONDS = 4_000

const THROTTLES = new Set([
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'RequestLimitExceeded',
  'TransactionInProgressException',
  'TransactionConflictException',
])

/**
 * Makes a call to AWS within its deadline.
 * @param service its name for the log: an operator has to know what is slow
 * @param send passes the signal to the SDK, which closes the socket when the deadline has passed
 * @throws ServiceError storage_unavailable after throttling, a server fault, no connection or no answer in time (the SDK
 *   has retried); any other fault as it is
 */
export async function callAws<T>(
  service: 'DynamoDB' | 'KMS' | 'SQS',
  send: (options: { abortSignal: AbortSignal }) => Promise<T>,
): Promise<T> {
  const controller = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const late = new Error(`${service} did not answer within ${AWS_CALL_MILLISECONDS} ms`)
      reject(storageUnavailable(late))
      controller.abort(late)
    }, AWS_CALL_MILLISECONDS)
  })
  try {
    return await Promise.race([send({ abortSignal: controller.signal }), deadline])
  } catch (error) {
    throw isTemporary(error) ? storageUnavailable(new Error(`${service} failed`, { cause: error })) : error
  } finally {
    clearTimeout(timer)
  }
}

export function storageUnavailable(cause: unknown): ServiceError {
  return new ServiceError(
    'storage_unavailable',
    'The store did not answer in time. Nothing is lost. Try again.',
    { retryAfterSeconds: 2, cause },
  )
}

function isTemporary(error: unknown): boolean {
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
