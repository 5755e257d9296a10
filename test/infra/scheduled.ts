// What is expected of each function that a schedule runs.
import type { FunctionName } from '#runtime/env.ts'

interface Scheduled {
  readonly timeoutSeconds: number
  /** Of its alarms: two periods in a row with an error raise one. */
  readonly alarmSeconds: number
}

export const SCHEDULED: { readonly [F in FunctionName]?: Scheduled } = {
  'keep-alive': { timeoutSeconds: 90, alarmSeconds: 300 },
  'rotate-keys': { timeoutSeconds: 600, alarmSeconds: 3600 },
  'publish-events': { timeoutSeconds: 60, alarmSeconds: 60 },
}
