// The deployed proxy, except that its process makes no call before the first request.

import { onLambda } from '#runtime/lambda.ts'
import { createProxyServices } from '#runtime/proxy-services.ts'

// In Lambda, importing the function's file starts and primes it. Without this variable it does neither.
const { AWS_LAMBDA_FUNCTION_NAME } = process.env
delete process.env.AWS_LAMBDA_FUNCTION_NAME
const { proxy } = await import('../../functions/proxy.ts')
if (AWS_LAMBDA_FUNCTION_NAME !== undefined) process.env.AWS_LAMBDA_FUNCTION_NAME = AWS_LAMBDA_FUNCTION_NAME

export const handler = await onLambda(
  'proxy',
  (name, settings) => {
    const { prime: _, ...services } = createProxyServices(name, settings)
    return services
  },
  proxy,
)
