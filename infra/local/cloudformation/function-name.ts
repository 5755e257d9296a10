// The name of a function, as its file in functions/ has it, from its logical id.

/** CDK makes "KeepAliveFunction1A2B3C4D" of the construct "KeepAlive" and its function. */
export function functionNameOf(logicalId: string): string {
  const construct = logicalId.replace(/(Function)?[0-9A-F]{8}$/, '')
  return construct.replaceAll(/(?<!^)[A-Z]/g, '-$&').toLowerCase()
}
