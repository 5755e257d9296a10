// cdk-nag is a part of the synthesis: a finding stops it, and the two stacks have none.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { App, Stack, Validations } from 'aws-cdk-lib'
import { Bucket } from 'aws-cdk-lib/aws-s3'
import { AwsSolutionsChecks } from 'cdk-nag'
import { afterAll, expect, it } from 'vitest'
import { DataStack } from '../../infra/data-stack.ts'
import { ServiceStack } from '../../infra/service-stack.ts'
import { directory } from './synthesized.ts'

/** It takes some 5 seconds, and more on a busy machine. */
const SYNTHESIS_LIMIT_MS = 60_000

interface Finding {
  readonly ruleName: string
  readonly violatingConstructs: readonly { readonly constructPath: string }[]
}

const folder = mkdtempSync(join(tmpdir(), 'checks-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** An app with both stacks. */
function bothStacks(outdir: string): App {
  const app = new App({ outdir, analyticsReporting: false, treeMetadata: false })
  const env = { region: 'eu-central-1' }
  const data = new DataStack(app, 'Data', { env })
  new ServiceStack(app, 'Service', { env, data, bundles: join(directory, 'bundles') })
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
  return app
}

function findings(outdir: string): Finding[] {
  const { pluginReports } = JSON.parse(readFileSync(join(outdir, 'validation-report.json'), 'utf8'))
  return pluginReports.flatMap(({ violations }: { violations: Finding[] }) => violations)
}

it('a bucket without protection stops the synthesis, and is the only finding', {
  timeout: SYNTHESIS_LIMIT_MS,
}, () => {
  const app = bothStacks(folder)
  new Bucket(new Stack(app, 'Careless'), 'Bucket')
  expect(() => app.synth()).toThrow(/validation/i)
  expect(
    findings(folder).map(({ ruleName, violatingConstructs }) => [
      ruleName,
      ...violatingConstructs.map(({ constructPath }) => constructPath),
    ]),
  ).toEqual([
    ['AwsSolutions-S1', 'Careless/Bucket/Resource'],
    ['AwsSolutions-S10', 'Careless/Bucket/Resource'],
  ])
})
