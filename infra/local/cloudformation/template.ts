// Reads from the synthesized stacks what the local stack runs: functions, routes, schedules, tables, queues and keys.
// A route, a variable or a schedule exists locally only because it exists in the template.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Statement } from '../iam/evaluate.ts'
import { type EventSources, readEventSources } from './event-sources.ts'
import { functionNameOf } from './function-name.ts'
import { type Resource, resolveText, type Template } from './intrinsics.ts'
import { readStatements } from './policies.ts'
import { type QueueDefinition, readQueue } from './queues.ts'
import { StackScope, type Surroundings } from './stack-scope.ts'

export interface FunctionDefinition {
  /** The name of its file in functions/: "keep-alive". */
  readonly name: string
  /** Folder of the bundle. */
  readonly directory: string
  /** As in CloudFormation: "index.handler". */
  readonly handler: string
  readonly environment: Readonly<Record<string, string>>
  readonly timeoutSeconds: number
  readonly memoryMb: number
  /** What its role may do with DynamoDB, KMS and SQS. */
  readonly statements: readonly Statement[]
}

export interface RouteDefinition {
  /** "GET /v1/connections/{id}", "ANY /…/{path+}" or "$default". */
  readonly routeKey: string
  readonly authorization: 'NONE' | 'AWS_IAM'
  readonly function: string
}

export interface ScheduleDefinition {
  readonly logicalId: string
  readonly everyMinutes: number
  readonly function: string
  readonly input: unknown
}

export interface TableDefinition {
  readonly name: string
  readonly properties: Readonly<Record<string, unknown>>
  /** Of the KMS key that encrypts it, if it is one of the template's. */
  readonly keyArn?: string
}

export interface Deployment {
  readonly functions: readonly FunctionDefinition[]
  readonly routes: readonly RouteDefinition[]
  readonly schedules: readonly ScheduleDefinition[]
  readonly tables: readonly TableDefinition[]
  readonly queues: readonly QueueDefinition[]
  readonly eventSources: EventSources
  /** Ids of the KMS keys. */
  readonly keyIds: readonly string[]
}

/** Reads every `*.template.json` of a synthesized app. */
export function readDeployment(directory: string, surroundings: Surroundings): Deployment {
  const stacks = new Map<string, Template>()
  for (const file of readdirSync(directory).sort()) {
    const name = /^(.+)\.template\.json$/.exec(file)?.[1]
    if (name !== undefined) stacks.set(name, readJson(directory, file) as Template)
  }
  refuseUnknownParameters(stacks, surroundings)
  const found = [...stacks.keys()].map((name) =>
    readStack(directory, new StackScope(name, stacks, surroundings)),
  )
  return {
    functions: found.flatMap((stack) => stack.functions),
    routes: found.flatMap((stack) => stack.routes),
    schedules: found.flatMap((stack) => stack.schedules),
    tables: found.flatMap((stack) => stack.tables),
    queues: found.flatMap((stack) => stack.queues),
    eventSources: {
      queues: found.flatMap((stack) => stack.eventSources.queues),
      streams: found.flatMap((stack) => stack.eventSources.streams),
    },
    keyIds: found.flatMap((stack) => stack.keyIds),
  }
}

function readStack(directory: string, scope: StackScope): Deployment {
  const all = Object.entries(scope.template.Resources)
  const ofType = (pattern: RegExp) => all.filter(([, resource]) => pattern.test(resource.Type))
  refuseUnemulated(all)
  return {
    functions: ofType(/^AWS::Lambda::Function$/)
      // CDK's custom resources are functions, too, but not the service's.
      .filter(([, { Properties }]) => /^nodejs/.test(String(Properties?.Runtime)))
      .map(([id, resource]) => readFunction(directory, scope, id, resource)),
    routes: ofType(/^AWS::ApiGatewayV2::Route$/).map(([id, resource]) => readRoute(scope, id, resource)),
    schedules: ofType(/^AWS::Scheduler::Schedule$/)
      .filter(([, { Properties }]) => Properties?.State !== 'DISABLED')
      .map(([id, resource]) => readSchedule(scope, id, resource)),
    tables: ofType(/^AWS::DynamoDB::(Global)?Table$/).map(([id, resource]) => readTable(scope, id, resource)),
    queues: ofType(/^AWS::SQS::Queue$/).map(([id, resource]) => readQueue(scope, id, resource)),
    eventSources: readEventSources(scope, ofType(/^AWS::Lambda::EventSourceMapping$/)),
    keyIds: ofType(/^AWS::KMS::Key$/).map(([id]) => String(scope.ref(id))),
  }
}

function readFunction(directory: string, scope: StackScope, id: string, { Properties = {} }: Resource) {
  const text = (value: unknown, property: string) => resolveText(value, scope, `${id}.${property}`)
  const { S3Key } = Properties.Code as { S3Key: unknown }
  const variables = Object.entries(
    (Properties.Environment as { Variables?: object } | undefined)?.Variables ?? {},
  )
  return {
    name: functionNameOf(id),
    directory: assetFolder(directory, scope.name, text(S3Key, 'Code.S3Key')),
    handler: text(Properties.Handler, 'Handler'),
    environment: Object.fromEntries(
      variables.map(([name, value]) => [name, text(value, `Environment.Variables.${name}`)]),
    ),
    timeoutSeconds: Number(Properties.Timeout ?? 3),
    memoryMb: Number(Properties.MemorySize ?? 128),
    statements: Properties.Role === undefined ? [] : readStatements(scope, text(Properties.Role, 'Role')),
  }
}

function readTable(scope: StackScope, id: string, { Properties = {} }: Resource): TableDefinition {
  const [replica] = (Properties.Replicas ?? []) as { SSESpecification?: { KMSMasterKeyId: unknown } }[]
  const key = replica?.SSESpecification?.KMSMasterKeyId
  return {
    name: String(scope.ref(id)),
    properties: Properties,
    ...(key !== undefined && { keyArn: resolveText(key, scope, `${id}.SSESpecification`) }),
  }
}

function readRoute(scope: StackScope, id: string, { Properties = {} }: Resource): RouteDefinition {
  const authorization = String(Properties.AuthorizationType ?? 'NONE')
  if (authorization !== 'NONE' && authorization !== 'AWS_IAM') {
    throw new Error(
      `The local stack does not support authorizers of type "${authorization}" (${id}.AuthorizationType)`,
    )
  }
  const target = resolveText(Properties.Target, scope, `${id}.Target`)
  const integrationId = target.replace(/^integrations\//, '')
  const integration = scope.template.Resources[integrationId]?.Properties
  if (integration?.PayloadFormatVersion !== '2.0') {
    throw new Error(
      `The local stack supports only payload format 2.0 (${integrationId}.PayloadFormatVersion)`,
    )
  }
  const uri = resolveText(integration.IntegrationUri, scope, `${integrationId}.IntegrationUri`)
  return {
    routeKey: String(Properties.RouteKey),
    authorization,
    function: functionNameOf(scope.functionIn(uri, id)),
  }
}

function readSchedule(scope: StackScope, id: string, { Properties = {} }: Resource): ScheduleDefinition {
  const expression = resolveText(Properties.ScheduleExpression, scope, `${id}.ScheduleExpression`)
  const [, count, unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? []
  const minutes = { minute: 1, hour: 60, day: 24 * 60 }[unit]
  if (minutes === undefined) {
    throw new Error(`The local stack supports only rate(…), not "${expression}" (${id}.ScheduleExpression)`)
  }
  const { Arn, Input = '{}' } = Properties.Target as { Arn: unknown; Input?: unknown }
  return {
    logicalId: id,
    everyMinutes: Number(count) * minutes,
    function: functionNameOf(scope.functionIn(resolveText(Arn, scope, `${id}.Target.Arn`), id)),
    input: JSON.parse(resolveText(Input, scope, `${id}.Target.Input`)),
  }
}

function assetFolder(directory: string, stack: string, key: string): string {
  const manifest = readJson(directory, `${stack}.assets.json`) as {
    files?: Record<string, { source: { path: string }; destinations: Record<string, { objectKey: string }> }>
  }
  for (const { source, destinations } of Object.values(manifest.files ?? {})) {
    const keys = Object.values(destinations).map(({ objectKey }) => objectKey)
    if (keys.includes(key)) return join(directory, source.path)
  }
  throw new Error(`"${stack}.assets.json" has no asset with the key "${key}"`)
}

/** Refuses resources that would behave differently in AWS. */
function refuseUnemulated(resources: readonly [string, Resource][]): void {
  for (const [id, { Type, Properties }] of resources) {
    if (Type === 'AWS::ApiGatewayV2::Authorizer')
      throw new Error(`The local stack does not support authorizers (${id})`)
    if (Type === 'AWS::ApiGatewayV2::Api' && Properties?.CorsConfiguration !== undefined) {
      throw new Error(
        `The local stack does not support CorsConfiguration: functions answer CORS requests (${id}.CorsConfiguration)`,
      )
    }
    if (Type === 'AWS::Events::Rule' && Properties?.ScheduleExpression !== undefined) {
      throw new Error(`The local stack supports AWS::Scheduler::Schedule, not AWS::Events::Rule (${id})`)
    }
  }
}

function refuseUnknownParameters(stacks: ReadonlyMap<string, Template>, { parameters }: Surroundings): void {
  const known = new Set([...stacks.values()].flatMap(({ Parameters }) => Object.keys(Parameters ?? {})))
  const unknown = Object.keys(parameters).filter((name) => !known.has(name))
  if (unknown.length > 0) throw new Error(`No stack has a parameter "${unknown.join('", "')}"`)
}

function readJson(directory: string, file: string): unknown {
  return JSON.parse(readFileSync(join(directory, file), 'utf8'))
}
