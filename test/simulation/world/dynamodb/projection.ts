// Projection expressions: the parts of an item that a read gives.
import { cached } from './cached.ts'
import { Cursor } from './cursor.ts'
import { member, type Names, nameOf, type Path, type Used } from './scope.ts'
import type { AttributeValue, Item } from './value.ts'

export interface Projection extends Used {
  readonly paths: readonly Path[]
}

/** @throws AwsError ValidationException */
export const projectionOf = cached((field: string, expression: string): Projection => {
  const cursor = new Cursor(field, expression)
  const paths: Path[] = []
  do paths.push(cursor.path())
  while (cursor.take(','))
  cursor.end()
  if (paths.some((path) => path.some((step) => typeof step === 'number'))) {
    throw new Error('The simulation projects no members of lists')
  }
  return { paths, names: cursor.names, values: cursor.values }
})

export function projected({ paths }: Projection, item: Item, names: Names): Item {
  let part: Item = {}
  for (const path of paths) {
    const steps = path.map((step) => nameOf(String(step), names))
    part = withPart(part, item, steps)
  }
  return part
}

function withPart(part: Item, whole: Item, [name = '', ...rest]: readonly string[]): Item {
  const value: AttributeValue | undefined = member(whole, name)
  if (value === undefined) return part
  if (rest.length === 0) return { ...part, [name]: value }
  if (value.M === undefined) return part
  const inner = withPart(member(part, name)?.M ?? {}, value.M, rest)
  return Object.keys(inner).length === 0 ? part : { ...part, [name]: { M: inner } }
}
