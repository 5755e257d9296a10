// Synthesizes the CDK app for one region, as "npx cdk deploy" does first. The parts of a run share the result.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { PROJECT_ROOT } from '../../../infra/local/cloudformation/synthesis.ts'
import { run } from '../run-program.ts'

const SYNTHESIS_LIMIT_MS = 600_000
const made = new Map<string, string>()

/** @returns the folder with the templates, the asset manifests and the bundles */
export async function synthesizeFor(region: string): Promise<string> {
  const known = made.get(region)
  if (known !== undefined) return known
  const output = join(PROJECT_ROOT, '.local', 'conformance', `synthesis-${region}`)
  rmSync(output, { recursive: true, force: true })
  await run(process.execPath, ['infra/app.ts'], {
    cwd: PROJECT_ROOT,
    limitMs: SYNTHESIS_LIMIT_MS,
    env: { ...process.env, AWS_REGION: region, CDK_DEFAULT_REGION: region, CDK_OUTDIR: output },
  })
  made.set(region, output)
  return output
}
