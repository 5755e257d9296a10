// What tells the operator how the service does: metrics from the logs, alarms on symptoms, dashboards, saved queries.
// docs/adr/0031 says why the alarms are on symptoms and not on functions.
import type { Stack } from 'aws-cdk-lib'
import type { LogGroup } from 'aws-cdk-lib/aws-logs'
import { FUNCTION_NAMES } from '#runtime/env.ts'
import type { Api } from '../api.ts'
import type { DataStack } from '../data-stack.ts'
import type { Functions } from '../functions.ts'
import { AlarmBook } from './alarm-book.ts'
import { createDashboards } from './dashboards.ts'
import { createDataAlarms } from './data-alarms.ts'
import { createKeepAliveAlarms } from './keep-alive-alarms.ts'
import { type Logs, MetricFilters } from './metric-filters.ts'
import { createNotifications } from './notifications.ts'
import { createSavedQueries } from './saved-queries.ts'
import { createServiceAlarms } from './service-alarms.ts'

export interface Monitored {
  readonly api: Api
  readonly functions: Functions
  readonly data: DataStack
  readonly keepAliveShards: number
}

export function createMonitoring(stack: Stack, { api, functions, data, keepAliveShards }: Monitored): void {
  const logs = logsOf(api, functions)
  const filters = new MetricFilters(stack, logs)
  const alarms = new AlarmBook(stack, createNotifications(stack))
  const watched = { alarms, filters, functions }
  const clickfunnelsDown = createServiceAlarms(watched)
  createKeepAliveAlarms(watched, keepAliveShards, clickfunnelsDown)
  createDataAlarms(stack, watched, data)
  createDashboards(stack, { api, data, filters, logs })
  createSavedQueries(stack, logs)
}

function logsOf(api: Api, functions: Functions): Logs {
  const logs: Partial<Record<keyof Logs, LogGroup>> = { access: api.accessLog }
  for (const name of FUNCTION_NAMES) logs[name] = functions[name].logGroup
  return logs as Logs
}
