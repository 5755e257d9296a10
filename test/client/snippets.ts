// The snippets of the client's README, by name.
import { readFileSync } from 'node:fs'

/** @throws Error when the README has no such snippet */
export function snippet(name: string): string {
  const readme = readFileSync('client/README.md', 'utf8')
  const found = new RegExp(`<!-- snippet: ${name} -->\\n\`\`\`tsx?\\n([\\s\\S]*?)\\n\`\`\``).exec(readme)?.[1]
  if (found === undefined) throw new Error(`The README has no snippet "${name}"`)
  return found
}
