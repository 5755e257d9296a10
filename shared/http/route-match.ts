// Which methods each path serves, by the route table. A 405 and a preflight list exactly these. An HTTP API does not add HEAD
// to a GET route: only a route for ANY method serves HEAD (RFC 9110 section 9.3.2).
import type { ApiRequest } from './message/request.ts'
import { ANY_METHOD, ROUTES, type RouteKey } from './routes.ts'

const TEMPLATES = Object.keys(ROUTES)
  .filter((key) => key !== '$default')
  .map((key) => {
    const [method = '', path = ''] = key.split(' ')
    const methods = method === 'ANY' ? ANY_METHOD : [method]
    return { methods, segments: path.split('/'), key, access: ROUTES[key as RouteKey].access }
  })

/** The methods that a decoded path serves; none for an unknown path. */
export function methodsOf(path: string): readonly string[] {
  const segments = path.split('/')
  const found = TEMPLATES.filter((template) => matches(template.segments, segments))
  return [...new Set(found.flatMap(({ methods }) => methods))]
}

/** The methods that a request could have used: those of its route or, on $default, those of its path. */
export function methodsAt({ routeKey, path }: Pick<ApiRequest, 'routeKey' | 'path'>): readonly string[] {
  return TEMPLATES.find(({ key }) => key === routeKey)?.methods ?? methodsOf(path)
}

/** The methods at a request's path that a page may use. The operator's routes are not for pages. */
export function methodsForPages({ path }: Pick<ApiRequest, 'path'>): readonly string[] {
  const segments = path.split('/')
  const found = TEMPLATES.filter(
    (template) => template.access !== 'operator' && matches(template.segments, segments),
  )
  return [...new Set(found.flatMap(({ methods }) => methods))]
}

function matches(template: readonly string[], segments: readonly string[]): boolean {
  const greedy = template.at(-1)?.endsWith('+}') === true
  if (greedy ? segments.length < template.length : segments.length !== template.length) return false
  return template.every((part, i) => (part.startsWith('{') ? segments[i] !== '' : part === segments[i]))
}
