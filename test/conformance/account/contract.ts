// Compares what is deployed with the published contract.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createRouter } from '../../../infra/local/api-gateway/routing.ts'
import { PROJECT_ROOT } from '../../../infra/local/cloudformation/synthesis.ts'
import type { Deployed } from './deployed.ts'

const METHODS = ['get', 'put', 'post', 'delete', 'patch']

/**
 * Every operation of docs/openapi.json has to reach a function by the deployed routes.
 * @returns how many operations there are
 * @throws Error with those that do not
 */
export function requireRoutes({ routes }: Deployed): number {
  const document = JSON.parse(readFileSync(join(PROJECT_ROOT, 'docs', 'openapi.json'), 'utf8'))
  const operations = Object.entries(document.paths as Record<string, object>).flatMap(([path, item]) =>
    Object.keys(item)
      .filter((method) => METHODS.includes(method))
      .map((method) => ({ method: method.toUpperCase(), path })),
  )
  const router = createRouter(routes)
  const missing = operations.filter(({ method, path }) => {
    const filled = path.replaceAll(/\{[^}]+\}/g, 'value')
    const route = router(method, filled)?.route
    // A route for another path may take the request, too: "{path+}" takes everything.
    return route === undefined || route.routeKey.split('/').length !== path.split('/').length
  })
  if (missing.length > 0) {
    const lines = missing.map(({ method, path }) => `${method} ${path}`)
    throw new Error(`No deployed route for ${lines.join(', ')}, which docs/openapi.json describes`)
  }
  return operations.length
}
