// What is expected of each function that a schedule runs.
import type { FunctionName } from '#runtime/env.ts'

interface Scheduled {
  readonly timeoutSeconds: number
}

export const SCHEDULED: { readonly [F in FunctionName]?: Scheduled } = {
  'keep-alive': { timeoutSeconds: 90 },
  'rotate-keys': { timeoutSeconds: 600 },
  'send-webhooks': { timeoutSeconds: 60 },
  'publish-events': { timeoutSeconds: 60 },
}
