// An error answer of AWS, as a throw inside the simulated services.
export class AwsError extends Error {
  readonly type: string
  /** What the answer has besides its type and message. */
  readonly members: Readonly<Record<string, unknown>>
  readonly status: number

  constructor(type: string, message: string, members: Readonly<Record<string, unknown>> = {}, status = 400) {
    super(message)
    this.type = type
    this.members = members
    this.status = status
  }
}

/** @throws AwsError ValidationException */
export function refuse(message: string): never {
  throw new AwsError('ValidationException', message)
}

/**
 * An input member that the simulation does not imitate is a fault of the simulation, not an answer of AWS: ignored, it would make
 * runs pass that must not.
 * @throws Error
 */
export function onlyKnown(operation: string, input: object, known: ReadonlySet<string>): void {
  for (const member in input) {
    if (!known.has(member)) throw new Error(`The simulated ${operation} does not know "${member}"`)
  }
}
