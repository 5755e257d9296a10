// The metric filters of the template, read as CloudWatch reads them, on lines that the real handlers write.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CREDENTIALS_REFUSED, MANY_REFUSED } from '#domain/apps/app-health.ts'
import { AUDIT_UNWRITTEN } from '#domain/audit/trail.ts'
import { GRANT_UNSTORED } from '#domain/connect/store-grant.ts'
import { ServiceError } from '#domain/errors.ts'
import { EVENTS_UNPUBLISHED } from '#domain/events/publish-events.ts'
import { SECRET_UNREADABLE } from '#domain/keys/reseal-look.ts'
import { GAVE_UP_REVOKING } from '#domain/revocation/revocation.ts'
import { TOKENS_UNSTORED } from '#domain/tokens/commit-rotation.ts'
import { WEBHOOKS_UNSENT } from '#domain/webhooks/send.ts'
import { FUNCTION_NAMES, type FunctionName } from '#runtime/env.ts'
import { createLog } from '#runtime/logger.ts'
import { keepAliveSchedule } from '../../functions/keep-alive.ts'
import { alarmStates } from '../../infra/local/cloudwatch/alarms.ts'
import { Metrics } from '../../infra/local/cloudwatch/metrics.ts'
import { sceneOf } from '../domain/keep-alive/keep-alive-runs.ts'
import { openProxied, type Proxied } from '../support/proxied.ts'
import { functionResource, resourcesOf, service } from './synthesized.ts'

const STACK = 'FunnelConnectService'
const PARAMETERS = { ConcurrencyAlarm: 700 }
let metrics: Metrics
beforeEach(() => {
  metrics = new Metrics(service.Resources)
})

/** A log whose lines go to the metric filters of a function. */
const logOf = (name: FunctionName, counted: string[][] = []) =>
  createLog(name, (line) => counted.push(metrics.read(name, line)))
const sumOf = (name: string, dimensions = {}, statistic = 'Sum') =>
  metrics.statistic({ namespace: STACK, name, dimensions }, statistic)
const risen = () =>
  alarmStates(STACK, service.Resources, metrics, PARAMETERS)
    .filter((alarm) => alarm.risen && !alarm.byAws)
    .map(({ name }) => name)

describe('lines of the proxy', () => {
  let proxied: Proxied
  const counted: string[][] = []
  beforeEach(async () => {
    counted.length = 0
    proxied = await openProxied('rotating', { log: logOf('proxy', counted) })
    counted.length = 0
  })
  afterEach(async () => proxied.close())

  it('count each call with its class, its token and its times', async () => {
    await proxied.send('funnels')
    expect(counted[0]?.filter((name) => name !== 'SlowCalls').sort()).toEqual(
      ['CallsWithToken', 'OverheadMs', 'ProxyCalls', 'ProxyRequests', 'TokenSources', 'UpstreamMs'].sort(),
    )
    expect(sumOf('ProxyRequests', { class: 'ok' })).toBe(1)
    expect(sumOf('TokenSources', { token: 'stored' })).toBe(1)
    expect(risen()).toEqual(['keep-alive-stopped'])
  })

  it('raise "clickfunnels down" when ClickFunnels fails most calls, and nothing that blames us', async () => {
    proxied.upstream.respond = (response) => response.writeHead(500).end('{}')
    for (let call = 0; call < 6; call++) await proxied.send('funnels')
    expect(sumOf('ProxyRequests', { class: 'clickfunnels' })).toBe(6)
    expect(risen()).toEqual(['clickfunnels-down', 'keep-alive-stopped'])
  })

  it('raise "proxy failing" when we fail', async () => {
    proxied.scene.services.connections.get = async () => {
      throw new TypeError('Cannot read properties of undefined')
    }
    for (let call = 0; call < 3; call++) await proxied.send('funnels')
    expect(sumOf('ProxyRequests', { class: 'ours' })).toBe(3)
    expect(sumOf('LoggedErrors', { message: 'Request failed' })).toBe(3)
    expect(risen()).toEqual(['proxy-failing', 'proxy-failing-slowly', 'keep-alive-stopped'])
  })

  it.each([
    ['root-key-unusable', Object.assign(new Error('The key is disabled.'), { name: 'DisabledException' })],
    ['root-key-unusable', Object.assign(new Error('Pending.'), { name: 'KMSInvalidStateException' })],
    ['secrets-unreadable', new ServiceError('secret_unreadable', 'The access token does not open.')],
  ])('raise %s when the vault says so', async (name, error) => {
    proxied.scene.services.vault.open = async () => {
      throw error
    }
    await proxied.send('funnels')
    expect(risen()).toContain(name)
  })

  it("do not take a tenant's own KMS key for ours", async () => {
    const cause = Object.assign(new Error('The key is disabled.'), { name: 'DisabledException' })
    proxied.scene.services.vault.open = async () => {
      throw new ServiceError('kms_key_unavailable', "The tenant's key cannot be used.", { cause })
    }
    await proxied.send('funnels')
    expect(risen()).toEqual(['keep-alive-stopped'])
  })
})

describe('lines of keep-alive', () => {
  async function runAll(
    mode: 'rotating' | 'non_expiring',
    count: number,
    prepare: (scene: Awaited<ReturnType<typeof sceneOf>>) => void,
  ) {
    const scene = await sceneOf(mode, count)
    prepare(scene)
    const services = { ...scene.services, log: logOf('keep-alive') }
    for (let shard = 0; shard < 4; shard++) {
      await keepAliveSchedule(services)({ shard, of: 4 }, { getRemainingTimeInMillis: () => 90_000 })
    }
  }

  it('of a healthy schedule raise nothing', async () => {
    await runAll('rotating', 5, ({ services, connections }) => {
      const [first] = connections
      services.clock.advance(Number(first?.dueAt) - services.now() + 30)
    })
    expect(sumOf('KeepAliveRuns', { shard: '3' })).toBe(1)
    expect(sumOf('KeepAliveRefreshed')).toBeGreaterThan(0)
    expect(risen()).toEqual([])
  })

  it('raise "keep-alive stopped" when one shard does not run', () => {
    const line = (shard: number) =>
      JSON.stringify({ level: 'INFO', message: 'Keep-alive run', shard, work: 0 })
    for (const shard of [0, 1, 3]) metrics.read('keep-alive', line(shard))
    expect(risen()).toEqual(['keep-alive-stopped'])
  })

  it('raise the alarms of a schedule that was late', async () => {
    await runAll('rotating', 8, ({ services }) => services.clock.advance(3 * 7200))
    expect(sumOf('DueLagSeconds', {}, 'Maximum')).toBeGreaterThan(600)
    expect(risen()).toEqual(['keep-alive-lagging', 'refreshes-late'])
  })

  it('raise "keep-alive failing" when the store fails', async () => {
    await runAll('rotating', 8, ({ services }) => {
      services.clock.advance(7200)
      services.connections.get = async () => {
        throw new ServiceError('storage_unavailable', 'Later.')
      }
    })
    expect(risen()).toEqual(['keep-alive-failing'])
  })
})

it.each([
  [TOKENS_UNSTORED, 'tokens-unstored'],
  [GRANT_UNSTORED, 'tokens-unstored'],
  [CREDENTIALS_REFUSED, 'apps-refused'],
  [MANY_REFUSED, 'connections-refused'],
  [SECRET_UNREADABLE, 'secrets-unreadable'],
  [AUDIT_UNWRITTEN, 'audit-events-unwritten'],
  [GAVE_UP_REVOKING, 'revocations-given-up'],
  [EVENTS_UNPUBLISHED, 'events-unpublished'],
  [WEBHOOKS_UNSENT, 'webhooks-unsent'],
])('an error "%s" in the log of any function raises %s', (message, name) => {
  for (const each of FUNCTION_NAMES) {
    metrics = new Metrics(service.Resources)
    for (let times = 0; times < 5; times++) logOf(each).error(message, { error: new Error('why') })
    expect(risen(), each).toEqual([name, 'keep-alive-stopped'].sort(inOrder))
  }
})

const order = alarmStates(STACK, service.Resources, new Metrics(service.Resources), PARAMETERS).map(
  ({ name }) => name,
)
const inOrder = (one: string, other: string) => order.indexOf(one) - order.indexOf(other)

describe('lines that AWS writes', () => {
  const access = JSON.parse(
    resourcesOf(service, 'AWS::ApiGatewayV2::Stage')[0]?.[1].Properties.AccessLogSettings.Format,
  )
  const group = resourcesOf(service, 'AWS::ApiGatewayV2::Stage')[0]?.[1].Properties.AccessLogSettings
    .DestinationArn
  const accessLog = group['Fn::GetAtt'][0]

  it.each([
    ['503', 'The Lambda function is throttled', ['Unanswered']],
    ['500', '-', []],
    ['200', '-', []],
  ])(
    'of the API with the status %s and the integration error "%s" count as %j',
    (status, error, expected) => {
      const line = { ...access, status, integrationError: error }
      expect(metrics.read(accessLog, JSON.stringify(line))).toEqual(expected)
    },
  )

  it('of Lambda count an invocation that failed', () => {
    const report = (status: string) =>
      JSON.stringify({
        time: '2026-01-01T00:00:00.000Z',
        type: 'platform.report',
        record: { requestId: 'x', metrics: { durationMs: 29_000, maxMemoryUsedMB: 120 }, status },
      })
    expect(metrics.read('authorize', report('timeout'))).toEqual(['FailedInvocations'])
    expect(metrics.read('authorize', report('success'))).toEqual([])
  })
})

it('every metric that an alarm of ours reads is made by a filter', () => {
  const made = new Set(
    resourcesOf(service, 'AWS::Logs::MetricFilter').map(
      ([, { Properties }]) => Properties.MetricTransformations[0].MetricName,
    ),
  )
  const read = resourcesOf(service, 'AWS::CloudWatch::Alarm').flatMap(([, { Properties }]) => [
    Properties,
    ...(Properties.Metrics ?? []).flatMap(
      (one: { MetricStat?: { Metric: object } }) => one.MetricStat?.Metric ?? [],
    ),
  ])
  const ours = read.filter(({ Namespace }) => Namespace === STACK).map(({ MetricName }) => MetricName)
  expect(ours.length).toBeGreaterThan(15)
  expect(ours.filter((name) => !made.has(name))).toEqual([])
  expect(functionResource('proxy')[1].Properties.LoggingConfig.LogFormat).toBe('JSON')
})
