// Derives a function's name, which is that of its file in functions/, from its logical id.
/** For the construct "KeepAlive", CDK makes the logical id "KeepAliveFunction1A2B3C4D"; the name is "keep-alive". */
export function functionNameOf(logicalId: string): string {
  const construct = logicalId.replace(/(Function)?[0-9A-F]{8}$/, '')
  return construct.replaceAll(/(?<!^)[A-Z]/g, '-$&').toLowerCase()
}
