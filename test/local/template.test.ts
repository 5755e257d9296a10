// Reads a synthesized template. Values that cannot be resolved and resources that are not emulated are errors.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { resolve, type Scope } from '../../infra/local/cloudformation/intrinsics.ts'
import { readDeployment } from '../../infra/local/cloudformation/template.ts'
import { ECHO, logicalIdOf, writeFixtureApp } from '../support/fixture-app.ts'

const surroundings = { publicUrl: 'http://127.0.0.1:4600', parameters: {} }
const functions = {
  proxy: {
    source: ECHO,
    routes: ['ANY /v1/{path+}', '$default'],
    environment: { LIMIT: 3 },
    timeoutSeconds: 7,
  },
  'keep-alive': { source: ECHO, schedules: [{ shard: 0 }, { shard: 1 }], routes: ['POST /t with AWS_IAM'] },
}

test('functions, routes, schedules, tables and keys come out, with their references resolved', () => {
  const directory = writeFixtureApp(functions)
  const deployment = readDeployment(directory, surroundings)
  expect(deployment.functions[0]).toMatchObject({
    name: 'proxy',
    directory: join(directory, 'asset.proxy'),
    handler: 'index.handler',
    timeoutSeconds: 7,
    memoryMb: 512,
    environment: {
      TABLE_NAME: deployment.tables[0]?.name,
      ROOT_KEY_ARN: `arn:aws:kms:us-east-1:000000000000:key/${deployment.keyIds[0]}`,
      PUBLIC_URL: 'http://127.0.0.1:4600',
      CLICKFUNNELS_PROFILE: 'clickfunnels',
      LIMIT: '3',
    },
  })
  expect(deployment.routes).toEqual([
    { routeKey: 'ANY /v1/{path+}', authorization: 'NONE', function: 'proxy' },
    { routeKey: '$default', authorization: 'NONE', function: 'proxy' },
    { routeKey: 'POST /t', authorization: 'AWS_IAM', function: 'keep-alive' },
  ])
  expect(
    deployment.schedules.map(({ function: target, everyMinutes, input }) => [target, everyMinutes, input]),
  ).toEqual([
    ['keep-alive', 1, { shard: 0 }],
    ['keep-alive', 1, { shard: 1 }],
  ])
  expect(deployment.keyIds[0]).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  expect(readDeployment(directory, surroundings).keyIds).toEqual(deployment.keyIds)
})

test('a parameter takes the value it is given, and one that no stack has is refused', () => {
  const directory = writeFixtureApp(functions)
  const given = readDeployment(directory, { ...surroundings, parameters: { ClickFunnelsProfile: 'custom' } })
  expect(given.functions[0]?.environment.CLICKFUNNELS_PROFILE).toBe('custom')
  const misspelt = { ...surroundings, parameters: { ClickfunnelsProfile: 'custom' } }
  expect(() => readDeployment(directory, misspelt)).toThrow('No stack has a parameter "ClickfunnelsProfile"')
})

test('what cannot be resolved is named by logical id and property', () => {
  const environment = { QUEUE: { 'Fn::GetAtt': ['Queue', 'Arn'] } }
  const directory = writeFixtureApp({ proxy: { source: ECHO, environment } })
  expect(() => readDeployment(directory, surroundings)).toThrow(
    `The local stack cannot resolve {"Fn::GetAtt":["Queue","Arn"]} at ${logicalIdOf('proxy')}.Environment.Variables.QUEUE`,
  )
})

test.each([
  ['an authorizer', { Type: 'AWS::ApiGatewayV2::Authorizer' }, 'does not support authorizers (Extra)'],
  [
    'CORS of the gateway',
    { Type: 'AWS::ApiGatewayV2::Api', Properties: { CorsConfiguration: {} } },
    'functions answer CORS requests (Extra.CorsConfiguration)',
  ],
  [
    'a schedule of another kind',
    { Type: 'AWS::Events::Rule', Properties: { ScheduleExpression: 'rate(1 minute)' } },
    'not AWS::Events::Rule (Extra)',
  ],
  [
    'a cron expression',
    { Type: 'AWS::Scheduler::Schedule', Properties: { ScheduleExpression: 'cron(0 3 * * ? *)' } },
    'not "cron(0 3 * * ? *)" (Extra.ScheduleExpression)',
  ],
  [
    'another authorization',
    { Type: 'AWS::ApiGatewayV2::Route', Properties: { AuthorizationType: 'JWT' } },
    'authorizers of type "JWT" (Extra.AuthorizationType)',
  ],
])('%s, which is not emulated, is refused instead of left out', (_, resource, message) => {
  const directory = writeFixtureApp(functions)
  const file = join(directory, 'FunnelConnectService.template.json')
  const template = JSON.parse(readFileSync(file, 'utf8'))
  template.Resources.Extra = resource
  writeFileSync(file, JSON.stringify(template))
  expect(() => readDeployment(directory, surroundings)).toThrow(message)
})

const scope: Scope = {
  ref: (name) => ({ Name: 'n', Count: 2 })[name],
  attribute: (id, name) => (id === 'Thing' ? `arn/${name}` : undefined),
  importValue: (name) => (name === 'n-x' ? 'imported' : undefined),
}

test.each([
  [{ Ref: 'Name' }, 'n'],
  [{ 'Fn::GetAtt': ['Thing', 'A.B'] }, 'arn/A.B'],
  [{ 'Fn::GetAtt': 'Thing.A.B' }, 'arn/A.B'],
  [{ 'Fn::Join': ['-', ['a', { Ref: 'Name' }, { Ref: 'Count' }]] }, 'a-n-2'],
  [{ 'Fn::ImportValue': { 'Fn::Join': ['-', [{ Ref: 'Name' }, 'x']] } }, 'imported'],
  [{ 'Fn::Select': [1, { 'Fn::Split': ['/', { 'Fn::GetAtt': ['Thing', 'Arn'] }] }] }, 'Arn'],
  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: CloudFormation's own syntax
  [{ 'Fn::Sub': '${Name}/${Thing.Arn}/${!Literal}' }, 'n/arn/Arn/${Literal}'],
  [{ 'Fn::Sub': ['${Given}-${Name}', { Given: { Ref: 'Count' } }] }, '2-n'],
  // biome-ignore-end lint/suspicious/noTemplateCurlyInString: CloudFormation's own syntax
  [{ deep: [{ Ref: 'Name' }, 1, null, true] }, { deep: ['n', 1, null, true] }],
])('%j resolves', (value, resolved) => {
  expect(resolve(value, scope, 'Id.Property')).toEqual(resolved)
})

test.each([
  [{ Ref: 'Missing' }],
  [{ 'Fn::GetAtt': ['Missing', 'Arn'] }],
  [{ 'Fn::ImportValue': 'missing' }],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's own syntax
  [{ 'Fn::Sub': 'x ${Missing}' }],
  [{ 'Fn::If': ['Condition', 1, 2] }],
  [{ 'Fn::Join': [',', { Ref: 'Name' }] }],
])('%j does not resolve, and the error says where', (value) => {
  expect(() => resolve({ a: [value] }, scope, 'Id.Property')).toThrow(
    /cannot resolve .* at Id\.Property\.a\[0\]/,
  )
})
