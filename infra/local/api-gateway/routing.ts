// Finds the route of an HTTP API for a request, and its path parameters.
// @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html#http-api-develop-routes.evaluation
import type { RouteDefinition } from '../cloudformation/template.ts'

export interface RouteMatch {
  readonly route: RouteDefinition
  readonly pathParameters: Readonly<Record<string, string>>
}

export type Router = (method: string, path: string) => RouteMatch | undefined

type Segment = { readonly literal: string } | { readonly variable: string; readonly greedy: boolean }

interface Compiled {
  readonly route: RouteDefinition
  /** `undefined` for the default route, which takes the requests that no other route takes. */
  readonly method: string | undefined
  readonly segments: readonly Segment[]
  readonly rank: string
}

/**
 * Sorts the routes once, the most specific first. The path decides, segment by segment from the left; then a named method
 * comes before ANY; $default is last. The first route that fits a request takes it.
 */
export function createRouter(routes: readonly RouteDefinition[]): Router {
  const compiled = routes
    .map(compile)
    .toSorted((one, other) => (one.rank === other.rank ? 0 : one.rank < other.rank ? 1 : -1))
  return (method, path) => {
    const given = path.split('/')
    for (const { route, method: wanted, segments } of compiled) {
      if (wanted === undefined) return { route, pathParameters: {} }
      if (wanted !== 'ANY' && wanted !== method) continue
      const pathParameters = fit(segments, given)
      if (pathParameters) return { route, pathParameters }
    }
    return undefined
  }
}

/** How specific a segment is. Ranks are compared as text, so the leftmost difference decides. */
const LITERAL = '4'
const VARIABLE = '3'
const GREEDY = '2'

function compile(route: RouteDefinition): Compiled {
  const [method = '', template] = route.routeKey.split(' ')
  if (template === undefined) return { route, method: undefined, segments: [], rank: '' }
  const segments = template.split('/').slice(1).map(readSegment)
  const path = segments.map((segment) =>
    'literal' in segment ? LITERAL : segment.greedy ? GREEDY : VARIABLE,
  )
  return { route, method, segments, rank: `${path.join('')}${method === 'ANY' ? '0' : '1'}` }
}

function readSegment(segment: string): Segment {
  const [, variable, plus] = /^\{(.+?)(\+?)\}$/.exec(segment) ?? []
  return variable === undefined ? { literal: segment } : { variable, greedy: plus === '+' }
}

/** @param given the path split at "/". Its first element is empty, because a path starts with a slash. */
function fit(wanted: readonly Segment[], given: readonly string[]): Record<string, string> | undefined {
  const pathParameters: Record<string, string> = {}
  let place = 0
  for (const segment of wanted) {
    const value = given[++place]
    if (value === undefined) return undefined
    if ('literal' in segment) {
      if (segment.literal !== value) return undefined
      continue
    }
    const taken = segment.greedy ? given.slice(place).join('/') : value
    // A variable stands for at least one character.
    if (taken === '') return undefined
    pathParameters[segment.variable] = taken
    if (segment.greedy) return pathParameters
  }
  return place === given.length - 1 ? pathParameters : undefined
}
