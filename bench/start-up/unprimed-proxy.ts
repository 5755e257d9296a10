// The proxy as it is deployed, but that its process makes no call before the first request.

import { onLambda } from '#runtime/lambda.ts'
import { createServices } from '#runtime/services.ts'

// The function's own file starts what it exports, priming included, when it finds itself in Lambda.
const { AWS_LAMBDA_FUNCTION_NAME } = process.env
delete process.env.AWS_LAMBDA_FUNCTION_NAME
const { proxy } = await import('../../functions/proxy.ts')
if (AWS_LAMBDA_FUNCTION_NAME !== undefined) process.env.AWS_LAMBDA_FUNCTION_NAME = AWS_LAMBDA_FUNCTION_NAME

export const handler = await onLambda(
  'proxy',
  (name, settings) => {
    const { prime: _, ...services } = createServices(name, settings)
    return services
  },
  proxy,
)
