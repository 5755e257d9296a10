// Reads the bodies of control requests. A member of a wrong name or type is an error that names it: because of a typo in a
// test, a fault might never happen.
import { isObject, type SimulatorRequest } from './http.ts'

export class InvalidControlRequest extends Error {}

export type ControlBody = Readonly<Record<string, unknown>>

/** Reads the body as a JSON object with no members but those named. An empty body is an empty object. */
export function controlBody(request: SimulatorRequest, members: readonly string[]): ControlBody {
  if (request.body.length === 0) return {}
  let value: unknown
  try {
    value = JSON.parse(request.body.toString('utf8'))
  } catch {
    throw new InvalidControlRequest('the body must be JSON')
  }
  if (!isObject(value)) throw new InvalidControlRequest('the body must be a JSON object')
  onlyMembers(value, members)
  return value
}

export function onlyMembers(body: ControlBody, members: readonly string[]): void {
  const unknown = Object.keys(body).find((member) => !members.includes(member))
  if (unknown !== undefined) throw new InvalidControlRequest(`"${unknown}" is not known here`)
}

export function stringMember(body: ControlBody, name: string): string | undefined {
  const value = body[name]
  if (value === undefined || typeof value === 'string') return value
  throw new InvalidControlRequest(`"${name}" must be a string`)
}

export function booleanMember(body: ControlBody, name: string): boolean | undefined {
  const value = body[name]
  if (value === undefined || typeof value === 'boolean') return value
  throw new InvalidControlRequest(`"${name}" must be a boolean`)
}

export function integerMember(body: ControlBody, name: string): number | undefined {
  const value = body[name]
  if (value === undefined) return undefined
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value
  throw new InvalidControlRequest(`"${name}" must be a whole number, 0 or more`)
}

export function stringsMember(body: ControlBody, name: string): readonly string[] | undefined {
  const value = body[name]
  if (value === undefined) return undefined
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value
  throw new InvalidControlRequest(`"${name}" must be an array of strings`)
}

export function objectMember(body: ControlBody, name: string): ControlBody | undefined {
  const value = body[name]
  if (value === undefined || isObject(value)) return value
  throw new InvalidControlRequest(`"${name}" must be an object`)
}

export function choiceMember<T extends string>(
  body: ControlBody,
  name: string,
  choices: readonly T[],
): T | undefined {
  const value = body[name]
  if (value === undefined) return undefined
  const choice = choices.find((one) => one === value)
  if (choice !== undefined) return choice
  throw new InvalidControlRequest(`"${name}" must be one of ${choices.join(', ')}`)
}

export function required<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new InvalidControlRequest(`"${name}" is missing`)
  return value
}
