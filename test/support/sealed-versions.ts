// Which key versions are named by the seals anywhere inside a value: stored items, or records of the domain.

/** @param versionOf reads the version of one seal */
export function versionsNamed(value: unknown, versionOf: (seal: Uint8Array) => number): number[] {
  const found = new Set<number>()
  const look = (member: unknown): void => {
    if (member instanceof Uint8Array) found.add(versionOf(member))
    else if (typeof member === 'object' && member !== null) Object.values(member).forEach(look)
  }
  look(value)
  return [...found].toSorted((one, other) => one - other)
}
