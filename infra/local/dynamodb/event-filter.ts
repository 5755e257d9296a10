// Whether a record matches the pattern of an event source ("Lambda event filtering" in Lambda's developer guide). Only what our
// patterns use is known; anything else is an error, not a guess.

/** @throws Error for a comparison that our patterns do not use */
export function matchesPattern(value: unknown, pattern: unknown): boolean {
  if (Array.isArray(pattern)) return pattern.some((rule) => meets(value, rule))
  return Object.entries(pattern as object).every(([name, inner]) =>
    matchesPattern((value as Readonly<Record<string, unknown>> | undefined)?.[name], inner),
  )
}

function meets(value: unknown, rule: unknown): boolean {
  if (typeof rule === 'string') return value === rule
  const { prefix } = rule as { readonly prefix?: string }
  if (prefix === undefined)
    throw new Error(`The local stack does not know the filter ${JSON.stringify(rule)}`)
  return typeof value === 'string' && value.startsWith(prefix)
}
