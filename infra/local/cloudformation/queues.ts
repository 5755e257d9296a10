// Reads the template's queues, and the functions that process their messages.
import { functionNameOf } from './function-name.ts'
import { type Resource, resolve, resolveText } from './intrinsics.ts'
import type { StackScope } from './stack-scope.ts'

export interface QueueDefinition {
  readonly name: string
  readonly visibilityTimeoutSeconds: number
  readonly redrivePolicy?: object
}

export interface EventSourceDefinition {
  readonly queueUrl: string
  readonly queueArn: string
  readonly function: string
}

export function readQueue(scope: StackScope, id: string, { Properties = {} }: Resource): QueueDefinition {
  const redrive = Properties.RedrivePolicy
  return {
    name: queueName(String(scope.ref(id))),
    visibilityTimeoutSeconds: Number(Properties.VisibilityTimeout ?? 30),
    ...(redrive !== undefined && { redrivePolicy: resolve(redrive, scope, `${id}.RedrivePolicy`) as object }),
  }
}

export function readEventSource(
  scope: StackScope,
  id: string,
  { Properties = {} }: Resource,
): EventSourceDefinition {
  const queueArn = resolveText(Properties.EventSourceArn, scope, `${id}.EventSourceArn`)
  const target = resolveText(Properties.FunctionName, scope, `${id}.FunctionName`)
  return {
    queueArn,
    queueUrl: scope.queueUrl(queueName(queueArn)),
    function: functionNameOf(target),
  }
}

/** A queue's URL and its ARN end with its name. */
function queueName(urlOrArn: string): string {
  return urlOrArn.split(/[/:]/).at(-1) ?? ''
}
