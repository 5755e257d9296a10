// Reads the template's queues.
import { type Resource, resolve } from './intrinsics.ts'
import type { StackScope } from './stack-scope.ts'

export interface QueueDefinition {
  readonly name: string
  readonly visibilityTimeoutSeconds: number
  readonly redrivePolicy?: object
}

export function readQueue(scope: StackScope, id: string, { Properties = {} }: Resource): QueueDefinition {
  const redrive = Properties.RedrivePolicy
  return {
    name: queueName(String(scope.ref(id))),
    visibilityTimeoutSeconds: Number(Properties.VisibilityTimeout ?? 30),
    ...(redrive !== undefined && { redrivePolicy: resolve(redrive, scope, `${id}.RedrivePolicy`) as object }),
  }
}

/** A queue's URL and its ARN end with its name. */
export function queueName(urlOrArn: string): string {
  return urlOrArn.split(/[/:]/).at(-1) ?? ''
}
