// cfn-lint over every synthesized template, for two regions: no error, and no warning without a written reason.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { synthesizeFor } from '../account/synthesis.ts'
import type { Part, PartContext } from '../part.ts'
import { run } from '../run-program.ts'

/** The first is the default of infra/app.ts. The second is the one in which AWS's services differ the most from the others. */
const REGIONS = ['eu-central-1', 'us-east-1']
const LINT_LIMIT_MS = 300_000
/** cfn-lint's exit codes are the sum of 2 (errors), 4 (warnings) and 8 (information). */
const FOUND = [0, 2, 4, 6, 8, 10, 12, 14]

const ACCEPTED: Readonly<Record<string, string>> = {
  I1022: 'CDK writes Fn::Join where a person would write Fn::Sub. CloudFormation treats both alike.',
  W3005:
    'CDK makes each function depend on the policies of its role, and names the role with them. The function names its role anyway.',
}

interface Finding {
  readonly Rule: { readonly Id: string; readonly ShortDescription: string }
  readonly Message: string
  readonly Location: { readonly Path: readonly (string | number)[] | null }
}

export const cfnLint: Part = {
  name: 'cfn-lint',
  title: 'cfn-lint accepts every synthesized template in two regions',
  run: lint,
}

async function lint({ python, say }: PartContext) {
  const seen = new Map<string, number>()
  const refused: string[] = []
  for (const region of REGIONS) {
    say(`synthesizing and linting the templates for ${region}`)
    const output = await synthesizeFor(region)
    const templates = readdirSync(output).filter((file) => file.endsWith('.template.json'))
    if (templates.length === 0) throw new Error(`The synthesis for ${region} has no templates`)
    for (const file of templates) {
      for (const finding of await findingsIn(join(output, file), region, python.bin)) {
        const { Id } = finding.Rule
        seen.set(Id, (seen.get(Id) ?? 0) + 1)
        if (ACCEPTED[Id] === undefined) refused.push(`${region} ${file}: ${lineOf(finding)}`)
      }
    }
  }
  if (refused.length > 0) throw new Error(refused.join('\n'))
  const stale = Object.keys(ACCEPTED).filter((rule) => !seen.has(rule))
  if (stale.length > 0) throw new Error(`Nothing is found by ${stale.join(', ')} any more: remove the reason`)
  return {
    proven: [
      `${REGIONS.join(', ')}: no error`,
      ...[...seen].map(([rule, count]) => `${count} × ${rule} accepted: ${ACCEPTED[rule]}`),
    ],
  }
}

async function findingsIn(template: string, region: string, bin: string): Promise<readonly Finding[]> {
  const checks = ['--include-checks', 'I', 'W', 'E', '--format', 'json', '--regions', region]
  const options = { accept: FOUND, limitMs: LINT_LIMIT_MS }
  const { stdout } = await run(join(bin, 'cfn-lint'), [...checks, '--template', template], options)
  return JSON.parse(stdout)
}

function lineOf({ Rule, Message, Location }: Finding): string {
  return `${Rule.Id} ${Message} (at ${(Location.Path ?? []).join('/')})`
}
