// Which log lines become metrics. CloudWatch counts them from the logs, so a function does nothing for it. A metric costs
// $0.30 for a month in which it has data in every hour, so nothing with many values (a tenant, a connection) is a dimension.
import { KEEP_ALIVE_RUN } from '#domain/keep-alive/keep-alive.ts'
import { CONNECTION_ENDED } from '#domain/tokens/refusal.ts'
import { ROUTES } from '#http/routes.ts'
import { FUNCTION_NAMES, type FunctionName } from '#runtime/env.ts'
import { PERMISSIONS } from '../permissions.ts'

export interface LogMetric {
  /** In CloudWatch's syntax for JSON. */
  readonly pattern: string
  /** What a matching line adds: 1, or the number that it has there. */
  readonly value: string
  /** The lines' members that tell the series of this metric apart. */
  readonly dimensions?: Readonly<Record<string, string>>
  /** The functions whose logs are read, or the access log of the API. */
  readonly logs: readonly (FunctionName | 'access')[]
}

const API_FUNCTIONS = [...new Set(Object.values(ROUTES).map((route) => route.function))]
/** What an end user on the way to ClickFunnels and back depends on. */
export const CONNECT_FUNCTIONS = ['connect-sessions', 'authorize', 'callback'] as const
const OTHER_API_FUNCTIONS = API_FUNCTIONS.filter(
  (name) => name !== 'proxy' && !CONNECT_FUNCTIONS.includes(name as never),
)
const VAULT_FUNCTIONS = FUNCTION_NAMES.filter((name) => PERMISSIONS[name].vault !== undefined)

const count = (
  pattern: string,
  logs: LogMetric['logs'],
  dimensions?: LogMetric['dimensions'],
): LogMetric => ({
  pattern: `{ ${pattern} }`,
  value: '1',
  logs,
  ...(dimensions && { dimensions }),
})
const requests = (logs: LogMetric['logs']) => count('$.class = "*"', logs, { class: '$.class' })
/** Adds up, or takes the highest of, a number in the lines of the runs of keep-alive. */
const ofRuns = (member: string): LogMetric => ({
  pattern: `{ $.message = "${KEEP_ALIVE_RUN}" && $.${member} = * }`,
  value: `$.${member}`,
  logs: ['keep-alive'],
})
const ofCalls = (member: string, dimensions?: LogMetric['dimensions']): LogMetric => ({
  pattern: `{ $.${member} = * }`,
  value: `$.${member}`,
  logs: ['proxy'],
  ...(dimensions && { dimensions }),
})

export const LOG_METRICS = {
  /** Every error that is logged, by its message: the messages are constants. */
  LoggedErrors: count('$.level = "ERROR" && $.message = "*"', FUNCTION_NAMES, { message: '$.message' }),
  /** Lambda's own line about an invocation that crashed, ran out of time or out of memory. */
  FailedInvocations: count('$.type = "platform.report" && $.record.status != "success"', FUNCTION_NAMES),
  /** API Gateway answered instead of a function, which it could not invoke or which gave no answer. */
  Unanswered: count('$.status = "5*" && $.integrationError = "*" && $.integrationError != "-"', ['access']),
  ProxyCalls: count('$.class = "*"', ['proxy']),
  ProxyRequests: requests(['proxy']),
  ConnectRequests: requests(CONNECT_FUNCTIONS),
  OtherRequests: requests(OTHER_API_FUNCTIONS),
  OverheadMs: ofCalls('overhead_ms'),
  CallsWithToken: count('$.overhead_ms = *', ['proxy']),
  SlowCalls: count('$.overhead_ms > 100', ['proxy']),
  UpstreamMs: ofCalls('upstream_ms', { class: '$.class' }),
  TokenSources: count('$.token = "*"', ['proxy'], { token: '$.token' }),
  KeepAliveRuns: count(`$.message = "${KEEP_ALIVE_RUN}"`, ['keep-alive'], { shard: '$.shard' }),
  DueLagSeconds: ofRuns('due_lag_s'),
  KeepAliveWork: ofRuns('work'),
  KeepAliveErrors: ofRuns('errors'),
  KeepAliveRefreshed: ofRuns('refreshed'),
  KeepAliveLate: ofRuns('late'),
  KeepAliveUpstreamFailures: ofRuns('clickfunnels_failed'),
  KeepAliveLeft: ofRuns('left.trouble'),
  ConnectionsEnded: count(`$.message = "${CONNECTION_ENDED}"`, [
    'proxy',
    'connections',
    'keep-alive',
    'tenant-connections',
    'clickfunnels-events',
  ]),
  /** Of the vault's own key: the failure of a tenant's key is a problem with a code, or the cause of one. */
  RootKeyFailures: count(
    '($.error.name = "DisabledException" || $.error.name = "KMSInvalidStateException") && $.code NOT EXISTS',
    ['proxy', 'keep-alive', 'rotate-keys'],
  ),
  UnreadableSecrets: count('$.error.code = "secret_unreadable"', VAULT_FUNCTIONS),
} as const satisfies Record<string, LogMetric>

export type LogMetricName = keyof typeof LOG_METRICS
