// The CDK app: the two stacks and the checks that a synthesis has to pass.
import { join } from 'node:path'
import { App, Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks } from 'cdk-nag'
import { bundleFunctions } from './bundle/bundle.ts'
import { DataStack } from './data-stack.ts'
import { ServiceStack } from './service-stack.ts'

// These settings make the templates the same from the CDK CLI and from `node infra/app.ts`, which the tests and the local
// stack run.
const app = new App({
  analyticsReporting: false,
  // With strong references CloudFormation refuses to remove a resource of the data stack that the service stack still uses.
  context: { '@aws-cdk/core:defaultCrossStackReferences': 'strong' },
  postCliContext: { 'aws:cdk:enable-asset-metadata': false, 'aws:cdk:enable-path-metadata': false },
})
// A table with a customer managed key has to know its region at synthesis.
const region = process.env.CDK_DEFAULT_REGION ?? process.env.AWS_REGION ?? 'eu-central-1'
const account = process.env.CDK_DEFAULT_ACCOUNT
const env = { region, ...(account && { account }) }

const data = new DataStack(app, 'FunnelConnectData', { env, terminationProtection: true })
const bundles = join(app.outdir, 'bundles')
await bundleFunctions(bundles)
// With its API, every app would lose its redirect URI.
new ServiceStack(app, 'FunnelConnectService', { env, data, bundles, terminationProtection: true })

Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
