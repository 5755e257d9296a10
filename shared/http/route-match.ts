// Which methods a path takes, from the route table.
import { ROUTES } from './routes.ts'

const TEMPLATES = Object.keys(ROUTES)
  .filter((key) => key !== '$default')
  .map((key) => {
    const [method = '', path = ''] = key.split(' ')
    return { method, segments: path.split('/') }
  })

/** The methods of the routes that a decoded path matches; none for an unknown path. */
export function methodsOf(path: string): readonly string[] {
  const segments = path.split('/')
  const methods = TEMPLATES.filter((template) => matches(template.segments, segments)).map(
    ({ method }) => method,
  )
  return [...new Set(methods)]
}

function matches(template: readonly string[], segments: readonly string[]): boolean {
  const greedy = template.at(-1)?.endsWith('+}') === true
  if (greedy ? segments.length < template.length : segments.length !== template.length) return false
  return template.every((part, i) => (part.startsWith('{') ? segments[i] !== '' : part === segments[i]))
}
