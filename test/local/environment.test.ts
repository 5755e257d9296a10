// The environment of functions that share one process.
import { expect, test } from 'vitest'
import type { FunctionDefinition } from '../../infra/local/cloudformation/template.ts'
import { sharedEnvironment } from '../../infra/local/lambda/environment.ts'

const definition = (name: string, environment: Record<string, string>): FunctionDefinition => ({
  name,
  environment,
  directory: '/bundles',
  handler: 'index.handler',
  timeoutSeconds: 3,
  memoryMb: 512,
  statements: [],
})

test('functions in one process have the variables of all, and none that Lambda sets for each', () => {
  const environment = sharedEnvironment([
    definition('proxy', { TABLE_NAME: 'table', ROOT_KEY_ARN: 'arn' }),
    definition('service', { TABLE_NAME: 'table', PUBLIC_URL: 'http://127.0.0.1:1' }),
  ])
  expect(environment).toMatchObject({
    TABLE_NAME: 'table',
    ROOT_KEY_ARN: 'arn',
    PUBLIC_URL: 'http://127.0.0.1:1',
  })
  expect(environment).not.toHaveProperty('AWS_LAMBDA_FUNCTION_NAME')
})

test('a variable with two values is refused by name', () => {
  const functions = [definition('proxy', { TABLE_NAME: 'one' }), definition('apps', { TABLE_NAME: 'other' })]
  expect(() => sharedEnvironment(functions)).toThrow('"apps" has a TABLE_NAME of its own')
})
