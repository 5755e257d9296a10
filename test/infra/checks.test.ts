// cdk-nag runs inside the synthesis: nothing of ours is found, and what would be found stops a deployment.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { App, Stack, Validations } from 'aws-cdk-lib'
import { Bucket } from 'aws-cdk-lib/aws-s3'
import { AwsSolutionsChecks } from 'cdk-nag'
import { afterAll, expect, test } from 'vitest'
import { DataStack } from '../../infra/data-stack.ts'
import { ServiceStack } from '../../infra/service-stack.ts'
import type { Json } from './synthesized.ts'

const folder = mkdtempSync(join(tmpdir(), 'checks-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Synthesizes both stacks, and whatever `add` adds, under the rules of infra/app.ts. */
function synthesize(name: string, add: (app: App) => void = () => {}): Json[] {
  const outdir = join(folder, name)
  const app = new App({ outdir, analyticsReporting: false })
  const env = { region: 'eu-central-1' }
  const { table, tableKey, rootKey } = new DataStack(app, 'Data', { env })
  new ServiceStack(app, 'Service', { env, table, tableKey, rootKey, bundles: join(outdir, 'bundles') })
  add(app)
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
  try {
    app.synth()
    return []
  } catch (error) {
    expect(String(error)).toContain('Validation failed')
    const { pluginReports } = JSON.parse(readFileSync(join(outdir, 'validation-report.json'), 'utf8'))
    return pluginReports.flatMap(({ violations }: Json) => violations)
  }
}

test('the stacks have no finding that is not acknowledged', () => {
  expect(synthesize('ours')).toEqual([])
})

test('a bucket without TLS and access logs beside them stops the synthesis', () => {
  const found = synthesize('with-a-bucket', (app) => {
    new Bucket(new Stack(app, 'Careless'), 'Bucket')
  })
  expect(found.map(({ ruleName }) => ruleName).sort()).toEqual(['AwsSolutions-S1', 'AwsSolutions-S10'])
  const places = found.flatMap(({ violatingConstructs }) => violatingConstructs)
  expect(places.map(({ constructPath }) => constructPath)).toEqual(Array(2).fill('Careless/Bucket/Resource'))
})
