// Parsed expressions, kept: this project writes a few dozen of them, and a simulation runs them millions of times.

const MAX_KEPT = 10_000

/** Keeps what the function made of an expression. What it throws is not kept. */
export function cached<T>(parse: (member: string, expression: string) => T) {
  const kept = new Map<string, T>()
  return (member: string, expression: string): T => {
    const known = kept.get(expression)
    if (known !== undefined) return known
    const parsed = parse(member, expression)
    if (kept.size >= MAX_KEPT) kept.clear()
    kept.set(expression, parsed)
    return parsed
  }
}
