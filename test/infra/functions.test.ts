// The deployed functions: their code, settings and environment.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ENV, FUNCTION_NAMES, parseEnv } from '#runtime/env.ts'
import { NOTICES_FILE } from '../../infra/bundle/notices.ts'
import { readDeployment } from '../../infra/local/cloudformation/template.ts'
import { fileHashes } from './files.ts'
import { SCHEDULED } from './scheduled.ts'
import { directory, functionResource, resourcesOf, service } from './synthesized.ts'

const publicUrl = 'https://abc123.execute-api.eu-central-1.amazonaws.com'
/** With sample values in place of references. */
const deployed = readDeployment(directory, {
  publicUrl,
  sqsUrl: 'https://sqs.eu-central-1.amazonaws.com',
  parameters: {},
}).functions

it('there is one function for each entry of ENV, each with its file, and no other', () => {
  expect(readdirSync('functions').sort()).toEqual(FUNCTION_NAMES.map((name) => `${name}.ts`).sort())
  expect(deployed.map(({ name }) => name).sort()).toEqual([...FUNCTION_NAMES].sort())
  expect(resourcesOf(service, 'AWS::Lambda::Function')).toHaveLength(FUNCTION_NAMES.length)
  expect(resourcesOf(service, 'AWS::Lambda::Url')).toEqual([])
})

describe.each(FUNCTION_NAMES)('function %s', (name) => {
  const [, { Properties }] = functionResource(name)
  const definition = deployed.find((one) => one.name === name)

  it('runs on Node 24, arm64, with its memory, its timeout, and traces if they are wanted', () => {
    expect(Properties).toMatchObject({
      Handler: 'index.handler',
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      MemorySize: name === 'keep-alive' ? 1769 : 512,
      // API Gateway gives up after 30 seconds; what is scheduled has longer.
      Timeout: SCHEDULED[name]?.timeoutSeconds ?? 29,
      TracingConfig: { Mode: { 'Fn::If': ['TracingIsOn', 'Active', 'PassThrough'] } },
    })
  })

  it('runs the bundle of functions/<name>.ts, and carries nothing but code and its licences', () => {
    const code = fileHashes(definition?.directory ?? '')
    expect(code).toEqual(fileHashes(join(directory, 'bundles', name), /\.mjs$|^THIRD-PARTY/))
    expect(Object.keys(code).filter((file) => !file.endsWith('.mjs'))).toEqual([NOTICES_FILE])
  })

  it('gets the environment that it parses, and nothing else', () => {
    const variables = definition?.environment ?? {}
    expect(Object.keys(parseEnv(name, variables)).sort()).toEqual(Object.keys(variables).sort())
    if ('PUBLIC_URL' in ENV[name]) expect(variables.PUBLIC_URL).toBe(publicUrl)
  })

  it('writes JSON to a log group of its own', () => {
    expect(Properties.LoggingConfig.LogFormat).toBe('JSON')
    const log: string = Properties.LoggingConfig.LogGroup.Ref
    expect(service.Resources[log]?.Type).toBe('AWS::Logs::LogGroup')
    const users = FUNCTION_NAMES.filter(
      (other) => functionResource(other)[1].Properties.LoggingConfig.LogGroup.Ref === log,
    )
    expect(users).toEqual([name])
  })
})

it('every log is kept for a month, that of the API included', () => {
  const logs = resourcesOf(service, 'AWS::Logs::LogGroup')
  expect(logs).toHaveLength(FUNCTION_NAMES.length + 1)
  for (const [id, { Properties }] of logs) expect(Properties.RetentionInDays, id).toBe(30)
})

it('only the proxy can have a reservation of concurrency, and has none by default', () => {
  const reserved = FUNCTION_NAMES.filter(
    (name) => functionResource(name)[1].Properties.ReservedConcurrentExecutions !== undefined,
  )
  expect(reserved).toEqual(['proxy'])
  expect(functionResource('proxy')[1].Properties.ReservedConcurrentExecutions).toEqual({
    'Fn::If': ['HasProxyReservedConcurrency', { Ref: 'ProxyReservedConcurrency' }, { Ref: 'AWS::NoValue' }],
  })
  expect(service.Conditions.HasProxyReservedConcurrency).toEqual({
    'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'ProxyReservedConcurrency' }, ''] }],
  })
})
