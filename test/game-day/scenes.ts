// The scenes of the game day, and the alarms that have none.
import type { Scene } from './acts.ts'
import { BACKGROUND_SCENES } from './background-scenes.ts'
import { CALL_SCENES } from './call-scenes.ts'

export const SCENES: readonly Scene[] = [...CALL_SCENES, ...BACKGROUND_SCENES]

/** Alarms whose condition one machine does not bring about, and where their patterns and rules are tested. */
export const NOT_HERE: Readonly<Record<string, string>> = {
  'api-unanswered': "API Gateway's access log (test/infra/metric-filters.test.ts reads a line of its format)",
  'functions-failing': "Lambda's own report lines (test/infra/metric-filters.test.ts)",
  'concurrency-high': "the account's concurrency",
  'table-throttled': "DynamoDB's throttling",
  'schedule-events-dropped': "Lambda's queue of asynchronous events",
  'schedules-stopped': 'three hours without a schedule',
  'recovery-delayed': 'five minutes without the function that takes the messages',
  'rotations-not-recovered': 'eight hours of failing recoveries',
  'connections-ending': 'fifty connections, each refused twice within an hour',
  'revocations-given-up': 'days of failing revocations',
}
