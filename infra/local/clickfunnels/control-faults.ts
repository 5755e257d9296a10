// Reads the body of POST /_control/faults, which orders a fault:
// { method?, path, times?, seconds?, when? = "before", fault: { kind, … } }
// Without times and seconds, it affects one request. With seconds alone, it affects every request until they are over.
import {
  booleanMember,
  type ControlBody,
  choiceMember,
  controlBody,
  InvalidControlRequest,
  integerMember,
  objectMember,
  onlyMembers,
  required,
  stringMember,
  stringsMember,
} from './control-body.ts'
import { type FaultKind, type FaultOrder, MALFORMED_VARIANTS } from './faults.ts'
import type { SimulatorRequest } from './http.ts'

const KINDS = ['status', 'hang', 'drop', 'slow', 'malformed', 'members', 'refused'] as const

export function readFaultOrder(request: SimulatorRequest): FaultOrder {
  const body = controlBody(request, ['method', 'path', 'times', 'seconds', 'when', 'fault'])
  const fault = required(objectMember(body, 'fault'), 'fault')
  const seconds = integerMember(body, 'seconds')
  return {
    method: stringMember(body, 'method')?.toUpperCase(),
    path: required(stringMember(body, 'path'), 'path'),
    times: integerMember(body, 'times') ?? (seconds === undefined ? 1 : undefined),
    seconds,
    when: choiceMember(body, 'when', ['before', 'after'] as const) ?? 'before',
    fault: readFault(fault),
  }
}

function readFault(fault: ControlBody): FaultKind {
  const kind = required(choiceMember(fault, 'kind', KINDS), 'fault.kind')
  switch (kind) {
    case 'status': {
      onlyMembers(fault, ['kind', 'status', 'retry_after', 'html', 'body'])
      const { retry_after } = fault
      return {
        kind,
        status: required(integerMember(fault, 'status'), 'fault.status'),
        html: booleanMember(fault, 'html') ?? false,
        body: fault.body,
        ...(retry_after === undefined ? {} : { retry_after: retryAfter(retry_after) }),
      }
    }
    case 'slow':
      onlyMembers(fault, ['kind', 'ms'])
      return { kind, ms: required(integerMember(fault, 'ms'), 'fault.ms') }
    case 'malformed':
      onlyMembers(fault, ['kind', 'variant'])
      return { kind, variant: required(choiceMember(fault, 'variant', MALFORMED_VARIANTS), 'fault.variant') }
    case 'members': {
      onlyMembers(fault, ['kind', 'set', 'remove', 'status'])
      const status = integerMember(fault, 'status')
      return {
        kind,
        set: objectMember(fault, 'set') ?? {},
        remove: stringsMember(fault, 'remove') ?? [],
        ...(status !== undefined && { status }),
      }
    }
    default:
      onlyMembers(fault, ['kind'])
      return { kind }
  }
}

// Seconds or an HTTP date, as the header allows.
function retryAfter(value: unknown): number | string {
  if (typeof value === 'number' || typeof value === 'string') return value
  throw new InvalidControlRequest('"fault.retry_after" must be a number or a string')
}
