// Runs once before all tests: synthesizes the CDK app and tells every test file where the result is, so that a whole run
// uses one state of the sources and CDK runs at most once.
import type { TestProject } from 'vitest/node'
import { synthesize } from '../infra/local/cloudformation/synthesis.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Folder of the synthesized templates. */
    templates: string | undefined
  }
}

export default async function setup(project: TestProject): Promise<void> {
  const { directory } = await synthesize({
    onStart: () => process.stdout.write('synthesizing the CDK app …\n'),
  })
  project.provide('templates', directory)
}
