// Everything that runs share, made once in a process: the bundled functions, the libraries, the templates.
import { bundleFunctions, type Mutant } from './bundle.ts'
import { loadLibraries } from './libraries.ts'
import type { Templates } from './simulate.ts'
import type { Parts } from './stage.ts'
import { makeTemplate } from './template.ts'

const FUNCTIONS = [
  'tenants',
  'apps',
  'credentials',
  'connect-sessions',
  'authorize',
  'callback',
  'connections',
  'proxy',
  'keep-alive',
  'recover-rotations',
  'publish-events',
  'events',
] as const

export interface Loaded {
  readonly parts: Parts
  readonly templates: Templates
}

export async function load(): Promise<Loaded> {
  const bundle = await bundleFunctions(FUNCTIONS)
  const parts = { bundle, libraries: await loadLibraries(bundle.libraries) }
  const rotating = await makeTemplate(parts, 'rotating')
  const strict = await makeTemplate(parts, 'strict')
  const nonExpiring = await makeTemplate(parts, 'non_expiring')
  return { parts, templates: { rotating, strict, non_expiring: nonExpiring } }
}

/** The same with a mutant of the functions. */
export async function mutated({ parts, templates }: Loaded, mutant: Mutant): Promise<Loaded> {
  return { parts: { ...parts, bundle: await bundleFunctions(FUNCTIONS, mutant) }, templates }
}
