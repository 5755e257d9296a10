// Which route of an HTTP API takes a request, and with which path parameters.
// @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html#http-api-develop-routes.evaluation
import type { RouteDefinition } from '../cloudformation/template.ts'

export interface RouteMatch {
  readonly route: RouteDefinition
  readonly pathParameters: Readonly<Record<string, string>>
}

/** Finds the most specific route: its path decides from the left, then a named method beats ANY; $default comes last. */
export function matchRoute(
  routes: readonly RouteDefinition[],
  method: string,
  path: string,
): RouteMatch | undefined {
  let best: { match: RouteMatch; rank: string } | undefined
  for (const route of routes) {
    const [routeMethod = '', template] = route.routeKey.split(' ')
    if (template !== undefined && routeMethod !== 'ANY' && routeMethod !== method) continue
    const fit = template === undefined ? { pathParameters: {}, rank: '' } : fitPath(template, path)
    if (!fit) continue
    const rank = template === undefined ? '' : `${fit.rank}${routeMethod === 'ANY' ? '0' : '1'}`
    if (!best || rank > best.rank) best = { match: { route, pathParameters: fit.pathParameters }, rank }
  }
  return best?.match
}

/** How specific each segment is; ranks compare as text, segment by segment from the left. */
const LITERAL = '4'
const VARIABLE = '3'
const GREEDY = '2'

function fitPath(template: string, path: string) {
  const wanted = template.split('/').slice(1)
  const given = path.split('/').slice(1)
  const pathParameters: Record<string, string> = {}
  let rank = ''
  for (const [index, segment] of wanted.entries()) {
    const name = /^\{(.+?)(\+?)\}$/.exec(segment)
    const value = given[index]
    if (value === undefined) return undefined
    if (name?.[1] === undefined) {
      if (segment !== value) return undefined
      rank += LITERAL
      continue
    }
    const greedy = name[2] === '+'
    const taken = greedy ? given.slice(index).join('/') : value
    // A variable stands for at least one character.
    if (taken === '') return undefined
    pathParameters[name[1]] = taken
    if (greedy) return { pathParameters, rank: rank + GREEDY }
    rank += VARIABLE
  }
  return wanted.length === given.length ? { pathParameters, rank } : undefined
}
