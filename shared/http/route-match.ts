// Which methods are served where, from the route table: what a 405 and a preflight list, no more and no less. An HTTP API
// has no HEAD beside a GET: it routes what the table names. Where a route takes ANY method, HEAD (RFC 9110 section 9.3.2)
// is served; elsewhere it is refused like any other method, and not claimed.
import type { ApiRequest } from './message/request.ts'
import { ANY_METHOD, ROUTES } from './routes.ts'

const TEMPLATES = Object.keys(ROUTES)
  .filter((key) => key !== '$default')
  .map((key) => {
    const [method = '', path = ''] = key.split(' ')
    return { methods: method === 'ANY' ? ANY_METHOD : [method], segments: path.split('/'), key }
  })

/** The methods of the routes that a decoded path matches; none for an unknown path. */
export function methodsOf(path: string): readonly string[] {
  const segments = path.split('/')
  const found = TEMPLATES.filter((template) => matches(template.segments, segments))
  return [...new Set(found.flatMap(({ methods }) => methods))]
}

/** The methods served where a request arrived: its route's, or, where it has none, those of its path. */
export function methodsAt({ routeKey, path }: Pick<ApiRequest, 'routeKey' | 'path'>): readonly string[] {
  return TEMPLATES.find(({ key }) => key === routeKey)?.methods ?? methodsOf(path)
}

function matches(template: readonly string[], segments: readonly string[]): boolean {
  const greedy = template.at(-1)?.endsWith('+}') === true
  if (greedy ? segments.length < template.length : segments.length !== template.length) return false
  return template.every((part, i) => (part.startsWith('{') ? segments[i] !== '' : part === segments[i]))
}
