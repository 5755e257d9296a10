// The functions as deployed: what they run, with which settings and which environment.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseEnv } from '../../shared/runtime/env.ts'
import {
  assembly,
  codeOf,
  FUNCTION_NAMES,
  filesIn,
  functionNamed,
  functions,
  imported,
  type Json,
  ofType,
  serviceStack,
} from './synthesized.ts'

const TIMEOUT_SECONDS: Readonly<Record<string, number>> = { 'keep-alive': 90 }
/** API Gateway gives up after 30 s. */
const API_TIMEOUT_SECONDS = 29

/** What a deployment would put in the place of a reference. */
function sample(value: Json): string {
  if (typeof value === 'string') return value
  if (value.Ref in serviceStack.Parameters) return serviceStack.Parameters[value.Ref]?.Default ?? ''
  if (value['Fn::GetAtt']?.[1] === 'ApiEndpoint') return 'https://abc123.execute-api.eu-central-1.amazonaws.com'
  switch (imported(value)) {
    case 'Table.Ref':
      return 'FunnelConnectData-Table-1A2B3C'
    case 'RootKey.Arn':
      return 'arn:aws:kms:eu-central-1:123456789012:key/5b0f2a8e-0000-4000-8000-000000000000'
    default:
      throw new Error(`No function may know "${imported(value)}"`)
  }
}

test('there is exactly one function for each environment schema', () => {
  expect([...functions.keys()].sort()).toEqual([...FUNCTION_NAMES].sort())
})

test.each(FUNCTION_NAMES)('%s runs its own bundle on Node 24, arm64, 512 MB, with traces', (name) => {
  expect(functionNamed(name).Properties).toMatchObject({
    Handler: 'index.handler',
    Runtime: 'nodejs24.x',
    Architectures: ['arm64'],
    MemorySize: 512,
    Timeout: TIMEOUT_SECONDS[name] ?? API_TIMEOUT_SECONDS,
    TracingConfig: { Mode: 'Active' },
  })
  const code = filesIn(codeOf(name))
  expect(Object.keys(code).filter((file) => !/^(index|chunk-[A-Z0-9]+|[\w.-]+-[A-Z0-9]{8})\.mjs$/.test(file))).toEqual([])
  expect(code).toEqual(filesIn(join(assembly, 'bundles', name)))
})

test.each(FUNCTION_NAMES)('%s gets the environment that it parses, and nothing else', (name) => {
  const given: Json = functionNamed(name).Properties.Environment.Variables
  const variables = Object.fromEntries(Object.entries(given).map(([key, value]) => [key, sample(value)]))
  expect(Object.keys(parseEnv(name, variables)).sort()).toEqual(Object.keys(variables).sort())
})

test('without parameters, a deployment is for the real ClickFunnels', () => {
  const defaults = Object.entries(serviceStack.Parameters).map(([name, { Default }]) => [name, Default])
  expect(Object.fromEntries(defaults)).toMatchObject({
    ClickFunnelsProfile: 'clickfunnels',
    ClickFunnelsAccountsUrl: '',
    ClickFunnelsApiUrl: '',
    ClickFunnelsWorkspaceHosts: '',
  })
})

test('every function writes JSON to a log group of its own, and every log ends after a month', () => {
  const logs = new Map(ofType(serviceStack, 'AWS::Logs::LogGroup'))
  const used = [...functions.values()].map(({ Properties: { LoggingConfig } }) => {
    expect(LoggingConfig.LogFormat).toBe('JSON')
    return LoggingConfig.LogGroup.Ref
  })
  expect(new Set(used).size).toBe(functions.size)
  for (const log of used) expect(logs.has(log)).toBe(true)
  for (const [id, { Properties }] of logs) expect([id, Properties.RetentionInDays]).toEqual([id, 30])
})
