// Stands in for node:fs/promises in the bundles (infra/bundle/bundle.ts, docs/adr/0013): the SDK reads profiles from ~/.aws with it.
// Lambda has none, and on a developer's machine they are none of the functions' business.

export async function readFile(path: string): Promise<never> {
  throw Object.assign(new Error(`Functions read no file, nor "${path}"`), { code: 'ENOENT' })
}
