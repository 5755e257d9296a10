// Which methods each path serves, by the route table. A 405 and a preflight list exactly these. An HTTP API does not add HEAD
// to a GET route: only a route for ANY method serves HEAD (RFC 9110 section 9.3.2).
import type { ApiRequest } from './message/request.ts'
import { ANY_METHOD, ROUTES, type RouteKey } from './routes.ts'

const TEMPLATES = Object.keys(ROUTES)
  .filter((key) => key !== '$default')
  .map((key) => {
    const [method = '', path = ''] = key.split(' ')
    const methods = method === 'ANY' ? ANY_METHOD : [method]
    const segments = path.split('/')
    const names = segments.filter((part) => !part.startsWith('{')).length
    return { methods, segments, names, key, access: ROUTES[key as RouteKey].access }
  })

type Template = (typeof TEMPLATES)[number]

/** The routes of a path. Those that name more of it come before a parameter: "/v1/connections/import" is no "/v1/connections/{id}". */
function routesOf(path: string): readonly Template[] {
  const segments = path.split('/')
  const found = TEMPLATES.filter((template) => matches(template.segments, segments))
  const most = Math.max(...found.map(({ names }) => names))
  return found.filter(({ names }) => names === most)
}

const methodsIn = (routes: readonly Template[]) => [...new Set(routes.flatMap(({ methods }) => methods))]

/** The methods that a decoded path serves; none for an unknown path. */
export function methodsOf(path: string): readonly string[] {
  return methodsIn(routesOf(path))
}

/** The methods that a request could have used: those of its route or, on $default, those of its path. */
export function methodsAt({ routeKey, path }: Pick<ApiRequest, 'routeKey' | 'path'>): readonly string[] {
  return TEMPLATES.find(({ key }) => key === routeKey)?.methods ?? methodsOf(path)
}

/**
 * The methods of a path that belongs to another route than the request's; undefined if it does not. API Gateway looks for path and
 * method together, so it takes "PATCH /v1/connections/import" for a connection.
 */
export function methodsOfOther({
  routeKey,
  path,
}: Pick<ApiRequest, 'routeKey' | 'path'>): readonly string[] | undefined {
  // What follows a greedy parameter is no path of ours.
  if (routeKey.endsWith('+}')) return undefined
  const routes = routesOf(path)
  return routes.length === 0 || routes.some(({ key }) => key === routeKey) ? undefined : methodsIn(routes)
}

/** The methods at a request's path that a page may use. The operator's routes are not for pages. */
export function methodsForPages({ path }: Pick<ApiRequest, 'path'>): readonly string[] {
  return methodsIn(routesOf(path).filter(({ access }) => access !== 'operator'))
}

function matches(template: readonly string[], segments: readonly string[]): boolean {
  const greedy = template.at(-1)?.endsWith('+}') === true
  if (greedy ? segments.length < template.length : segments.length !== template.length) return false
  return template.every((part, i) => (part.startsWith('{') ? segments[i] !== '' : part === segments[i]))
}
