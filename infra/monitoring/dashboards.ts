// Three dashboards: how the service does, whether connections are kept alive, and which tenants cause what.
import { Stack } from 'aws-cdk-lib'
import {
  Column,
  type DimensionsMap,
  LogQueryVisualizationType,
  LogQueryWidget,
  MathExpression,
  Metric,
  Row,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch'
import type { ILogGroup } from 'aws-cdk-lib/aws-logs'
import {
  DefaultDashboardFactory,
  type MetricWithAlarmSupport,
  MonitoringFacade,
} from 'cdk-monitoring-constructs'
import type { Construct } from 'constructs'
import { FUNCTION_NAMES } from '#runtime/env.ts'
import type { Api } from '../api.ts'
import type { DataStack } from '../data-stack.ts'
import { PERMISSIONS } from '../permissions.ts'
import { type Logs, type MetricFilters, PERIOD } from './metric-filters.ts'

interface Shown {
  readonly api: Api
  readonly data: DataStack
  readonly filters: MetricFilters
  readonly logs: Logs
}

type Graphs = Readonly<Record<string, readonly MetricWithAlarmSupport[]>>

export function createDashboards(scope: Construct, shown: Shown): void {
  serviceDashboard(scope, shown)
  keepAliveDashboard(scope, shown)
  tenantsDashboard(scope, shown)
}

function dashboard(scope: Construct, name: string): MonitoringFacade {
  const prefix = `${Stack.of(scope).stackName}-${name}`
  return new MonitoringFacade(scope, `${name}-dashboard`, {
    alarmFactoryDefaults: { actionsEnabled: false, alarmNamePrefix: prefix },
    dashboardFactory: new DefaultDashboardFactory(scope, `${name}-dashboards`, {
      dashboardNamePrefix: prefix,
    }),
  })
}

function graphs(facade: MonitoringFacade, title: string, shown: Graphs): void {
  facade.monitorCustom({
    alarmFriendlyName: title.replaceAll(' ', '-'),
    humanReadableName: title,
    metricGroups: Object.entries(shown).map(([name, metrics]) => ({ title: name, metrics: [...metrics] })),
  })
}

function serviceDashboard(scope: Construct, { api, data, filters }: Shown): void {
  const facade = dashboard(scope, 'service')
  const latency = (statistic: string) => filters.metric('OverheadMs', { statistic, label: statistic })
  graphs(facade, 'Calls through the proxy', {
    'By whose doing': [series(filters, 'ProxyRequests', 'class')],
    'Overhead of this service, ms': ['p50', 'p90', 'p99'].map(latency),
    'Time of ClickFunnels, ms': [
      filters.metric('UpstreamMs', { statistic: 'p50', dimensionsMap: { class: 'ok' }, label: 'ok, p50' }),
      filters.metric('UpstreamMs', { statistic: 'p99', dimensionsMap: { class: 'ok' }, label: 'ok, p99' }),
    ],
    'Where tokens came from': [series(filters, 'TokenSources', 'token')],
  })
  graphs(facade, 'Everything else', {
    'Connecting, by whose doing': [series(filters, 'ConnectRequests', 'class')],
    'Other requests, by whose doing': [series(filters, 'OtherRequests', 'class')],
    'Not answered by a function': [filters.metric('Unanswered'), filters.metric('FailedInvocations')],
    'Errors in the logs': [series(filters, 'LoggedErrors', 'message')],
  })
  const aws = (namespace: string, metricName: string, dimensionsMap: DimensionsMap = {}) =>
    new Metric({ namespace, metricName, dimensionsMap, statistic: 'Sum', period: PERIOD, label: metricName })
  const table = { TableName: data.table.tableName }
  graphs(facade, 'What it runs on', {
    'Concurrent executions of the account': [
      aws('AWS/Lambda', 'ConcurrentExecutions').with({ statistic: 'Maximum' }),
    ],
    'Throttled invocations of the account': [aws('AWS/Lambda', 'Throttles')],
    'Answers of the API': ['Count', '4xx', '5xx'].map((name) =>
      aws('AWS/ApiGateway', name, { ApiId: api.http.apiId }),
    ),
    'Throttled by the table': ['ReadThrottleEvents', 'WriteThrottleEvents'].map((name) =>
      aws('AWS/DynamoDB', name, table),
    ),
  })
  const impacts = FUNCTION_NAMES.map((name) => `| ${name} | ${PERMISSIONS[name].impact} |`)
  facade.addWidget(
    new TextWidget({
      markdown: ['| function | while it fails |', '|---|---|', ...impacts].join('\n'),
      width: 24,
      height: 12,
    }),
  )
}

function keepAliveDashboard(scope: Construct, { data, filters }: Shown): void {
  const facade = dashboard(scope, 'keep-alive')
  const sum = (name: Parameters<MetricFilters['metric']>[0]) => filters.metric(name)
  graphs(facade, 'Keep-alive', {
    'Longest wait after due, s': [filters.metric('DueLagSeconds', { statistic: 'Maximum' })],
    'Pieces of work': [sum('KeepAliveWork'), sum('KeepAliveRefreshed')],
    'What went wrong': [sum('KeepAliveErrors'), sum('KeepAliveUpstreamFailures'), sum('KeepAliveLate')],
    'Left because of trouble with the app': [sum('KeepAliveLeft')],
    'Runs by shard': [series(filters, 'KeepAliveRuns', 'shard')],
    'Connections that ended': [sum('ConnectionsEnded')],
  })
  facade.monitorSqsQueueWithDlq({
    queue: data.recoveryQueue,
    deadLetterQueue: data.recoveryDeadLetters,
    alarmFriendlyName: 'recovery',
  })
}

/** Tenants are no dimension of metrics, because there may be thousands. These tables are made from the logs when they are looked at. */
function tenantsDashboard(scope: Construct, { logs }: Shown): void {
  const facade = dashboard(scope, 'tenants')
  const table = (title: string, log: ILogGroup, ...queryLines: string[]) =>
    new LogQueryWidget({
      title,
      view: LogQueryVisualizationType.TABLE,
      logGroupNames: [log.logGroupName],
      queryLines,
      width: 12,
      height: 8,
    })
  const by = (what: string) => `stats ${what} by tenant`
  const calls = 'filter message in ["Request", "Request failed"] and ispresent(tenant)'
  facade.addWidget(
    new Column(
      new Row(
        table(
          'Most calls',
          logs.proxy,
          calls,
          by('count(*) as calls, sum(bytes) as bytes'),
          'sort calls desc',
          'limit 20',
        ),
        table(
          'Most time of executions',
          logs.proxy,
          calls,
          by('sum(milliseconds) / 1000 as seconds, pct(upstream_ms, 99) as upstream_p99'),
          'sort seconds desc',
          'limit 20',
        ),
      ),
      new Row(
        table(
          'Most failures by ClickFunnels',
          logs.proxy,
          `${calls} and class = "clickfunnels"`,
          by('count(*) as failed'),
          'sort failed desc',
          'limit 20',
        ),
        table(
          'Most refusals by a limit',
          logs.proxy,
          `${calls} and class = "limit"`,
          by('count(*) as refused'),
          'sort refused desc',
          'limit 20',
        ),
      ),
    ),
  )
}

function series(filters: MetricFilters, name: Parameters<MetricFilters['metric']>[0], dimension: string) {
  return new MathExpression({
    expression: filters.all(name, dimension),
    usingMetrics: {},
    label: '',
    period: PERIOD,
  })
}
