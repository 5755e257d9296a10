// What keeps one part of the service from taking the room of the others, and what costs something only if it is wanted.
import { Aws, CfnCondition, CfnParameter, Fn, type Stack, Token } from 'aws-cdk-lib'
import type { CfnFunction } from 'aws-cdk-lib/aws-lambda'
import type { Functions } from './functions.ts'

/**
 * Without a reservation a slow ClickFunnels can fill the account with proxied calls, and then callbacks, schedules and the
 * kill switches do not run. It is empty by default, because Lambda refuses a reservation in an account whose quota is 10.
 */
export function reserveConcurrency(stack: Stack, { proxy }: Functions): void {
  const reserved = new CfnParameter(stack, 'ProxyReservedConcurrency', {
    description:
      "Executions that the proxy may use at the same time and that nothing else may use: a share of the account's quota, such as 700 of 1,000. Empty means no reservation.",
    default: '',
    allowedPattern: '^([1-9][0-9]{0,5})?$',
  }).valueAsString
  const isReserved = new CfnCondition(stack, 'HasProxyReservedConcurrency', {
    expression: Fn.conditionNot(Fn.conditionEquals(reserved, '')),
  })
  const made = proxy.lambda.node.defaultChild as CfnFunction
  made.reservedConcurrentExecutions = Token.asNumber(
    Fn.conditionIf(isReserved.logicalId, reserved, Aws.NO_VALUE),
  )
}

/** docs/deploy.md says what it saves, and its risk. */
export function lazyRefresh(stack: Stack): string {
  return new CfnParameter(stack, 'LazyRefresh', {
    description:
      'on: connections that were not used for a day or two are refreshed once a week, or by the next call, instead of before their tokens expire.',
    default: 'off',
    allowedValues: ['off', 'on'],
  }).valueAsString
}

/** docs/deploy.md says when to set it. A thumbprint is 32 bytes in base64url. */
export function sealedExport(stack: Stack): string {
  return new CfnParameter(stack, 'SealedExport', {
    description:
      "Whether the operator may export a suspended tenant's connections, sealed to the key that the tenant registered: off, on, or the thumbprint of the only key that is allowed.",
    default: 'off',
    allowedPattern: '^(off|on|[A-Za-z0-9_-]{43})$',
    constraintDescription: 'must be off, on or the thumbprint of a key',
  }).valueAsString
}

/** X-Ray shows an invocation as one block, because the functions contain no tracer. So it is off unless asked for. */
export function switchTracing(stack: Stack, functions: Functions): void {
  const tracing = new CfnParameter(stack, 'Tracing', {
    description: 'Whether Lambda sends traces of invocations to X-Ray, at $5 for a million of them.',
    default: 'off',
    allowedValues: ['off', 'on'],
  }).valueAsString
  const isOn = new CfnCondition(stack, 'TracingIsOn', { expression: Fn.conditionEquals(tracing, 'on') })
  for (const { lambda } of Object.values(functions)) {
    const made = lambda.node.defaultChild as CfnFunction
    made.tracingConfig = { mode: Fn.conditionIf(isOn.logicalId, 'Active', 'PassThrough').toString() }
  }
}
