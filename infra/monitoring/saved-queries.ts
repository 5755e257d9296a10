// The queries of docs/runbook.md, saved in CloudWatch Logs Insights, so that a person who is woken types nothing.
import { Stack } from 'aws-cdk-lib'
import { CfnQueryDefinition } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'
import { FUNCTION_NAMES } from '#runtime/env.ts'
import type { Logs } from './metric-filters.ts'

export interface SavedQuery {
  readonly logs: readonly (keyof Logs)[]
  readonly lines: readonly string[]
}

const REQUESTS = 'filter message in ["Request", "Request failed"]'

/** By the names that the runbook uses. */
export const SAVED_QUERIES: Readonly<Record<string, SavedQuery>> = {
  'us or ClickFunnels': {
    logs: ['proxy'],
    lines: [REQUESTS, 'stats count(*) as calls by class, bin(5m) as time', 'sort time desc'],
  },
  'one tenant or all': {
    logs: ['proxy'],
    lines: [
      `${REQUESTS} and class in ["ours", "clickfunnels"]`,
      'stats count(*) as failed by tenant, class, code',
      'sort failed desc',
    ],
  },
  'since a deployment': {
    logs: FUNCTION_NAMES,
    lines: [
      'filter type = "platform.initStart"',
      'stats min(@timestamp) as first, count(*) as starts by record.functionVersion, bin(5m) as time',
      'sort time desc',
    ],
  },
  'errors by message': {
    logs: FUNCTION_NAMES,
    lines: [
      'filter level in ["ERROR", "FATAL"] or type = "platform.report" and record.status != "success"',
      'stats count(*) as times, latest(@timestamp) as last by service, message, error.name, error.code, record.status',
      'sort times desc',
    ],
  },
  'unanswered requests': {
    logs: ['access'],
    lines: [
      'filter status >= 500 and integrationError != "-"',
      'stats count(*) as answers by route, status, integrationError',
      'sort answers desc',
    ],
  },
  'runs of keep-alive': {
    logs: ['keep-alive'],
    lines: [
      'filter message = "Keep-alive run"',
      'stats count(*) as runs, max(due_lag_s) as lag, sum(work) as work, sum(refreshed) as refreshed, sum(errors) as errors, sum(clickfunnels_failed) as failed, sum(left.trouble) as trouble, max(ms) as longest by shard, bin(5m) as time',
      'sort time desc',
    ],
  },
  'rotations in recovery': {
    logs: ['recover-rotations'],
    lines: [
      'filter message = "A rotation was not recovered yet"',
      'stats count(*) as attempts by error.name, error.code, error.message, messageId',
    ],
  },
  'tokens that no store took': {
    logs: FUNCTION_NAMES,
    lines: [
      'filter message in ["A token rotation could not be stored anywhere", "A token rotation that this process held was stored or queued", "Granted tokens are neither stored nor revoked"]',
      'sort @timestamp asc',
    ],
  },
  'one request': {
    logs: FUNCTION_NAMES,
    lines: ['fields @timestamp, @message', 'filter request = "the id of the request"', 'sort @timestamp asc'],
  },
  'refused callers': {
    logs: ['access'],
    lines: [
      'filter status in [401, 403]',
      'stats count(*) as calls by sourceIp, principal, route, status, errorType',
      'sort calls desc',
    ],
  },
  'most expensive tenants': {
    logs: ['proxy'],
    lines: [
      `${REQUESTS} and ispresent(tenant)`,
      'stats count(*) as calls, sum(milliseconds) / 1000 as seconds, sum(bytes) as bytes by tenant',
      'sort seconds desc',
    ],
  },
}

export function createSavedQueries(scope: Construct, logs: Logs): void {
  const folder = Stack.of(scope).stackName
  for (const [name, query] of Object.entries(SAVED_QUERIES)) {
    new CfnQueryDefinition(scope, `Query-${name.replaceAll(' ', '-')}`, {
      name: `${folder}/${name}`,
      queryString: query.lines.join('\n| '),
      logGroupNames: query.logs.map((log) => logs[log].logGroupName),
    })
  }
}
