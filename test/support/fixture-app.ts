// A synthesized app in miniature: two stacks as CDK writes them, with small functions given as source text. For tests of
// the local stack's own parts, which must not depend on what the service does.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { scratchFolder } from './scratch.ts'

export interface FixtureFunction {
  /** Text of index.mjs. */
  readonly source: string
  readonly routes?: readonly string[]
  readonly environment?: Readonly<Record<string, unknown>>
  readonly timeoutSeconds?: number
  readonly schedules?: readonly object[]
}

/** A handler that answers with what it was given: the event as JSON. */
export const ECHO = `export const handler = async (event) => ({
  statusCode: 200, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(event),
})`

const HASH = '0A1B2C3D'
const DATA = 'FunnelConnectData'
const SERVICE = 'FunnelConnectService'
const TABLE_EXPORT = `${DATA}:ExportsOutputRefTable${HASH}`

/** The logical id of a fixture's function. */
export const logicalIdOf = (name: string): string => {
  const construct = name.replaceAll(/(^|-)(\w)/g, (_, __, letter: string) => letter.toUpperCase())
  return `${construct}Function${HASH}`
}

/** Writes the app and gives its folder. */
export function writeFixtureApp(functions: Readonly<Record<string, FixtureFunction>>): string {
  const directory = scratchFolder()
  const files: Record<string, object> = {}
  for (const [name, { source }] of Object.entries(functions)) {
    const folder = `asset.${name}`
    mkdirSync(join(directory, folder))
    writeFileSync(join(directory, folder, 'index.mjs'), source)
    files[name] = { source: { path: folder }, destinations: { current: { objectKey: `${name}.zip` } } }
  }
  write(directory, `${DATA}.template.json`, dataTemplate())
  write(directory, `${DATA}.assets.json`, { files: {} })
  write(directory, `${SERVICE}.template.json`, serviceTemplate(functions))
  write(directory, `${SERVICE}.assets.json`, { files })
  return directory
}

function dataTemplate(): object {
  const key = (name: string) => ({ AttributeName: name, AttributeType: 'S' })
  return {
    Resources: {
      [`Table${HASH}`]: {
        Type: 'AWS::DynamoDB::GlobalTable',
        Properties: {
          AttributeDefinitions: [key('pk'), key('sk'), key('dueShard'), key('dueAt')],
          KeySchema: keySchema('pk', 'sk'),
          GlobalSecondaryIndexes: [
            {
              IndexName: 'due',
              KeySchema: keySchema('dueShard', 'dueAt'),
              Projection: { ProjectionType: 'KEYS_ONLY' },
            },
          ],
          BillingMode: 'PAY_PER_REQUEST',
          TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
          Replicas: [{ Region: { Ref: 'AWS::Region' } }],
        },
      },
      [`RootKey${HASH}`]: { Type: 'AWS::KMS::Key', Properties: {} },
    },
    Outputs: {
      Table: { Value: { Ref: `Table${HASH}` }, Export: { Name: TABLE_EXPORT } },
      RootKey: { Value: { 'Fn::GetAtt': [`RootKey${HASH}`, 'Arn'] }, Export: { Name: `${DATA}:RootKeyArn` } },
    },
  }
}

function serviceTemplate(functions: Readonly<Record<string, FixtureFunction>>): object {
  const resources: Record<string, object> = {
    [`HttpApi${HASH}`]: { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'HTTP' } },
  }
  for (const [name, definition] of Object.entries(functions)) {
    const id = logicalIdOf(name)
    resources[id] = functionResource(name, definition)
    resources[`${id}Integration`] = {
      Type: 'AWS::ApiGatewayV2::Integration',
      Properties: { IntegrationUri: { 'Fn::GetAtt': [id, 'Arn'] }, PayloadFormatVersion: '2.0' },
    }
    for (const [index, route] of (definition.routes ?? []).entries()) {
      const [key, authorization = 'NONE'] = route.split(' with ')
      const target = ['integrations/', { Ref: `${id}Integration` }]
      resources[`${id}Route${index}`] = {
        Type: 'AWS::ApiGatewayV2::Route',
        Properties: { RouteKey: key, AuthorizationType: authorization, Target: { 'Fn::Join': ['', target] } },
      }
    }
    for (const [index, input] of (definition.schedules ?? []).entries()) {
      resources[`${id}Schedule${index}`] = {
        Type: 'AWS::Scheduler::Schedule',
        Properties: {
          ScheduleExpression: 'rate(1 minute)',
          Target: { Arn: { 'Fn::GetAtt': [id, 'Arn'] }, Input: JSON.stringify(input) },
        },
      }
    }
  }
  return {
    Parameters: { ClickFunnelsProfile: { Type: 'String', Default: 'clickfunnels' } },
    Resources: resources,
  }
}

function functionResource(name: string, { environment, timeoutSeconds }: FixtureFunction): object {
  return {
    Type: 'AWS::Lambda::Function',
    Properties: {
      Code: { S3Bucket: 'cdk-assets', S3Key: `${name}.zip` },
      Handler: 'index.handler',
      Runtime: 'nodejs24.x',
      MemorySize: 512,
      Timeout: timeoutSeconds ?? 29,
      Environment: {
        Variables: {
          TABLE_NAME: { 'Fn::ImportValue': TABLE_EXPORT },
          ROOT_KEY_ARN: { 'Fn::ImportValue': `${DATA}:RootKeyArn` },
          PUBLIC_URL: { 'Fn::GetAtt': [`HttpApi${HASH}`, 'ApiEndpoint'] },
          CLICKFUNNELS_PROFILE: { Ref: 'ClickFunnelsProfile' },
          ...environment,
        },
      },
    },
  }
}

function keySchema(partition: string, sort: string): object[] {
  return [
    { AttributeName: partition, KeyType: 'HASH' },
    { AttributeName: sort, KeyType: 'RANGE' },
  ]
}

function write(directory: string, file: string, content: object): void {
  writeFileSync(join(directory, file), JSON.stringify(content, null, 1))
}
