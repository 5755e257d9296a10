// Attribute values as they travel: checked, measured, compared. Values are never changed in place, so items can share them.
import { refuse } from '../aws-error.ts'
import { compareNumbers, normalNumber } from './number.ts'

export interface AttributeValue {
  readonly S?: string
  readonly N?: string
  /** In base64. */
  readonly B?: string
  readonly BOOL?: boolean
  readonly NULL?: boolean
  readonly L?: readonly AttributeValue[]
  readonly M?: Item
  readonly SS?: readonly string[]
  readonly NS?: readonly string[]
  readonly BS?: readonly string[]
}
export type Item = Readonly<Record<string, AttributeValue>>
export type ValueType = keyof AttributeValue

const TYPES: ReadonlySet<string> = new Set(['S', 'N', 'B', 'BOOL', 'NULL', 'L', 'M', 'SS', 'NS', 'BS'])
const MAX_DEPTH = 32
/** What DynamoDB adds to a list or map, and to each member of one. */
const CONTAINER_BYTES = 3
const MEMBER_BYTES = 1

export function typeOf(value: AttributeValue): ValueType {
  for (const type in value) return type as ValueType
  return refuse('Supplied AttributeValue is empty, must contain exactly one of the supported datatypes')
}

/**
 * The value as DynamoDB keeps it, with its numbers in normal form.
 * @throws AwsError ValidationException
 */
export function acceptedValue(value: AttributeValue, depth = 0): AttributeValue {
  const type = typeOf(value)
  if (!TYPES.has(type) || Object.keys(value).length > 1) {
    refuse('Supplied AttributeValue must contain exactly one of the supported datatypes')
  }
  if (depth > MAX_DEPTH) refuse('Nesting Levels have exceeded supported limits')
  if (value.N !== undefined) {
    const normal = normalNumber(value.N)
    return normal === value.N ? value : { N: normal }
  }
  if (value.M !== undefined) return { M: acceptedItem(value.M, depth + 1) }
  if (value.L !== undefined) return { L: value.L.map((member) => acceptedValue(member, depth + 1)) }
  if (value.NS !== undefined) return { NS: acceptedSet(value.NS.map(normalNumber)) }
  if (value.SS !== undefined) acceptedSet(value.SS)
  if (value.BS !== undefined) acceptedSet(value.BS)
  if (value.NULL === false)
    refuse(
      'One or more parameter values were invalid: Null attribute value types must have the value of true',
    )
  return value
}

export function acceptedItem(item: Item, depth = 0): Item {
  const accepted: Record<string, AttributeValue> = {}
  for (const name of Object.keys(item)) {
    const value = item[name]
    if (value !== undefined) accepted[name] = acceptedValue(value, depth)
  }
  return accepted
}

function acceptedSet(members: readonly string[]): readonly string[] {
  if (members.length === 0) refuse('One or more parameter values were invalid: An set may not be empty')
  if (new Set(members).size < members.length) {
    refuse('One or more parameter values were invalid: Input collection contains duplicates.')
  }
  return members
}

/** In bytes, as DynamoDB counts them towards its limits. */
export function sizeOfItem(item: Item): number {
  let size = 0
  for (const name in item) size += Buffer.byteLength(name) + sizeOf(item[name] as AttributeValue)
  return size
}

export function sizeOf(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S)
  if (value.N !== undefined) return sizeOfNumber(value.N)
  if (value.B !== undefined) return Buffer.byteLength(value.B, 'base64')
  if (value.M !== undefined) {
    return CONTAINER_BYTES + sizeOfItem(value.M) + Object.keys(value.M).length * MEMBER_BYTES
  }
  if (value.L !== undefined) {
    return value.L.reduce((sum, member) => sum + sizeOf(member) + MEMBER_BYTES, CONTAINER_BYTES)
  }
  const { SS, NS, BS } = value
  if (SS !== undefined) return SS.reduce((sum, member) => sum + Buffer.byteLength(member), 0)
  if (NS !== undefined) return NS.reduce((sum, member) => sum + sizeOfNumber(member), 0)
  if (BS !== undefined) return BS.reduce((sum, member) => sum + Buffer.byteLength(member, 'base64'), 0)
  return 1
}

/** About one byte for two digits, and one more; one more if it is negative. */
function sizeOfNumber(text: string): number {
  const digits = text.replace(/[-.]/g, '').replace(/^0+|0+$/g, '').length
  return Math.ceil(digits / 2) + 1 + (text.startsWith('-') ? 1 : 0)
}

/** Sets are equal in any order. */
export function equal(one: AttributeValue, other: AttributeValue): boolean {
  const type = typeOf(one)
  if (type !== typeOf(other)) return false
  if (one.M !== undefined && other.M !== undefined) return equalItems(one.M, other.M)
  if (one.L !== undefined && other.L !== undefined) {
    const { L: list } = other
    return one.L.length === list.length && one.L.every((member, i) => equal(member, list[i] ?? {}))
  }
  const [a, b] = [one[type], other[type]]
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((member) => b.includes(member))
  }
  return a === b
}

export function equalItems(one: Item, other: Item): boolean {
  const names = Object.keys(one)
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => Object.hasOwn(other, name) && equal(one[name] ?? {}, other[name] ?? {}))
  )
}

/** Below 0, 0 or above 0; `undefined` where DynamoDB knows no order. */
export function compare(one: AttributeValue, other: AttributeValue): number | undefined {
  if (one.S !== undefined && other.S !== undefined) return compareText(one.S, other.S)
  if (one.N !== undefined && other.N !== undefined) return compareNumbers(one.N, other.N)
  if (one.B !== undefined && other.B !== undefined) {
    return Buffer.compare(Buffer.from(one.B, 'base64'), Buffer.from(other.B, 'base64'))
  }
  return undefined
}

/** In the order of UTF-8 bytes. JavaScript's own order differs where surrogates meet the characters above them. */
export function compareText(one: string, other: string): number {
  const length = Math.min(one.length, other.length)
  for (let at = 0; at < length; at++) {
    const [a, b] = [one.charCodeAt(at), other.charCodeAt(at)]
    if (a !== b) return rank(a) - rank(b)
  }
  return one.length - other.length
}

function rank(unit: number): number {
  return unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x2000 : unit - 0x800
}
