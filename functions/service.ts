// Everything that no other function serves: health, error codes, the contract, unknown paths, wrong methods, preflights.

import { ServiceError } from '#domain/errors.ts'
import { epochSeconds } from '#domain/time.ts'
import { json } from '#http/message/answer.ts'
import { methodNotAllowed } from '#http/problems/method-not-allowed.ts'
import { methodsOf } from '#http/route-match.ts'
import { httpHandler } from '#http/stack.ts'
import type { Services } from '#runtime/all-services.ts'
import { onLambda } from '#runtime/lambda.ts'
import { createLog } from '#runtime/logger.ts'

/** The contract is large and seldom requested, so it is not loaded at start-up. */
const contract = () => import('#http/contract/openapi.ts')

export const service = (services: Pick<Services, 'publicUrl' | 'log' | 'now'>) =>
  httpHandler<'service'>(services, {
    'GET /v1/health': async () => json(200, { status: 'ok' }),

    'GET /v1/errors': async () => (await import('#http/pages/error-page.ts')).errorPage(),

    'GET /v1/openapi.json': async () => (await contract()).openApiAnswer(services.publicUrl),

    'GET /v1/docs': async () => (await contract()).docsAnswer(services.publicUrl),

    $default: async ({ path }) => {
      const allowed = methodsOf(path)
      if (allowed.length === 0) throw new ServiceError('not_found', 'There is no such path.')
      return methodNotAllowed(allowed, services.publicUrl)
    },
  })

export const handler = await onLambda(
  'service',
  (name, { PUBLIC_URL }) => {
    const log = createLog(name)
    const now = () => epochSeconds(Date.now() / 1000)
    return { publicUrl: PUBLIC_URL, log, now }
  },
  service,
)
