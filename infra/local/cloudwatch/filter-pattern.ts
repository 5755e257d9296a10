// CloudWatch's filter patterns for JSON log lines, as far as our metric filters use them. What it does not know is an error,
// because a pattern that is misread would look like one that never matches.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html

type Matcher = (line: unknown) => boolean

const TOKENS =
  /\s*("(?:[^"\\]|\\.)*"|\$(?:\.\w+)+|&&|\|\||[(){}]|!=|<=|>=|[=<>]|NOT EXISTS|\*|-?\d+(?:\.\d+)?)/y

/** Compiles a pattern. @throws Error for a pattern that cannot be read */
export function compilePattern(pattern: string): Matcher {
  const tokens = tokensOf(pattern)
  const next = (expected?: string) => {
    const token = tokens.shift()
    if (token === undefined || (expected !== undefined && token !== expected)) {
      throw new Error(`Cannot read the filter pattern ${pattern}: "${token}" where "${expected}" should be`)
    }
    return token
  }
  const anyOf = (): Matcher => {
    const options = [allOf()]
    while (tokens[0] === '||') {
      next()
      options.push(allOf())
    }
    return (line) => options.some((matches) => matches(line))
  }
  const allOf = (): Matcher => {
    const terms = [term()]
    while (tokens[0] === '&&') {
      next()
      terms.push(term())
    }
    return (line) => terms.every((matches) => matches(line))
  }
  const term = (): Matcher => {
    if (tokens[0] === '(') {
      next()
      const inner = anyOf()
      next(')')
      return inner
    }
    const selector = next()
    if (!selector.startsWith('$.')) throw new Error(`"${selector}" is no selector in ${pattern}`)
    const operator = next()
    if (operator === 'NOT EXISTS') return (line) => select(line, selector) === undefined
    const value = next()
    return (line) => compare(select(line, selector), operator, value)
  }
  next('{')
  const matcher = anyOf()
  next('}')
  if (tokens.length > 0) throw new Error(`Cannot read the end of the filter pattern ${pattern}`)
  return matcher
}

/** The value at a selector such as "$.error.code". */
export function select(line: unknown, selector: string): unknown {
  let value = line
  for (const name of selector.split('.').slice(1)) {
    if (typeof value !== 'object' || value === null) return undefined
    value = (value as Record<string, unknown>)[name]
  }
  return value
}

function tokensOf(pattern: string): string[] {
  const tokens: string[] = []
  TOKENS.lastIndex = 0
  while (TOKENS.lastIndex < pattern.trimEnd().length) {
    const at = TOKENS.lastIndex
    const [, token] = TOKENS.exec(pattern) ?? []
    if (token === undefined) throw new Error(`Cannot read the filter pattern ${pattern} from place ${at} on`)
    tokens.push(token)
  }
  return tokens
}

function compare(found: unknown, operator: string, wanted: string): boolean {
  if (typeof found !== 'string' && typeof found !== 'number') return false
  if (wanted === '*') return operator === '='
  if (!wanted.startsWith('"'))
    return typeof found === 'number' && compareNumbers(found, operator, Number(wanted))
  const equal = typeof found === 'string' && like(JSON.parse(wanted)).test(found)
  if (operator === '=') return equal
  if (operator === '!=') return !equal
  throw new Error(`A text cannot be compared by "${operator}"`)
}

function compareNumbers(found: number, operator: string, wanted: number): boolean {
  switch (operator) {
    case '=':
      return found === wanted
    case '!=':
      return found !== wanted
    case '<':
      return found < wanted
    case '<=':
      return found <= wanted
    case '>':
      return found > wanted
    default:
      return found >= wanted
  }
}

/** A text in which a star stands for anything. */
function like(text: string): RegExp {
  const parts = text.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`, 's')
}
