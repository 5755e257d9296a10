// The proxy as it is deployed, but that its process makes no call before the first request.
import { onLambda } from '#runtime/lambda.ts'
import { createServices } from '#runtime/services.ts'
import { proxy } from '../../functions/proxy.ts'

export const handler = await onLambda(
  'proxy',
  (name, settings) => {
    const { prime: _, ...services } = createServices(name, settings)
    return services
  },
  proxy,
)
