// The inputs of the table's writes: conditions, updates and values in DynamoDB's expression language.
import type { TransactWriteItem } from '@aws-sdk/client-dynamodb'
import { marshall } from '@aws-sdk/util-dynamodb'
import type { Key } from './schema.ts'

/** Attributes of an item; `undefined` members are left out. */
export type Item = Readonly<Record<string, unknown>>

/** A condition in DynamoDB's language; names as `#name`, values as `:name`. */
export interface Condition {
  readonly expression: string
  readonly names?: Readonly<Record<string, string>>
  readonly values?: Item
}

export interface Update {
  readonly set: Item
  /** Set only if the item does not have them. None of them is in `set`. */
  readonly setIfAbsent?: Item
  readonly remove?: readonly string[]
  /** Numbers to add. An attribute that is absent counts as 0. */
  readonly add?: Readonly<Record<string, number>>
}

/** A part of a transaction. */
export type Write =
  | { readonly put: Item; readonly condition?: Condition }
  | { readonly update: Key; readonly change: Update; readonly condition?: Condition }
  | { readonly delete: Key; readonly condition?: Condition }
  /** Writes nothing, but the other writes depend on this item's condition, too. */
  | { readonly check: Key; readonly condition: Condition }

export const ABSENT: Condition = { expression: 'attribute_not_exists(pk)' }

export function putInput(table: string, item: Item, condition?: Condition) {
  return {
    TableName: table,
    Item: marshall(item, { removeUndefinedValues: true }),
    ...conditionInput(condition),
  }
}

export function deleteInput(table: string, key: Key, condition?: Condition) {
  return { TableName: table, Key: marshall(key), ...conditionInput(condition) }
}

export function updateInput(
  table: string,
  key: Key,
  { set, setIfAbsent = {}, remove = [], add = {} }: Update,
  condition: Condition | undefined,
) {
  const members = Object.entries({ ...set, ...setIfAbsent }).filter(([, value]) => value !== undefined)
  const sets = members.map(([name]) =>
    name in setIfAbsent
      ? `#set_${name} = if_not_exists(#set_${name}, :set_${name})`
      : `#set_${name} = :set_${name}`,
  )
  const removes = remove.map((name) => `#remove_${name}`)
  const adds = Object.keys(add).map((name) => `#add_${name} :add_${name}`)
  const clauses = Object.entries({ SET: sets, REMOVE: removes, ADD: adds })
    .filter(([, parts]) => parts.length > 0)
    .map(([word, parts]) => `${word} ${parts.join(', ')}`)
  return {
    TableName: table,
    Key: marshall(key),
    UpdateExpression: clauses.join(' '),
    ...(condition && { ConditionExpression: condition.expression }),
    ExpressionAttributeNames: {
      ...Object.fromEntries(members.map(([name]) => [`#set_${name}`, name])),
      ...Object.fromEntries(remove.map((name) => [`#remove_${name}`, name])),
      ...Object.fromEntries(Object.keys(add).map((name) => [`#add_${name}`, name])),
      ...condition?.names,
    },
    ExpressionAttributeValues: marshalled({
      ...Object.fromEntries(members.map(([name, value]) => [`:set_${name}`, value])),
      ...Object.fromEntries(Object.entries(add).map(([name, value]) => [`:add_${name}`, value])),
      ...condition?.values,
    }),
  }
}

export function transactInput(table: string, write: Write): TransactWriteItem {
  if ('put' in write) return { Put: putInput(table, write.put, write.condition) }
  if ('update' in write) return { Update: updateInput(table, write.update, write.change, write.condition) }
  if ('delete' in write) return { Delete: deleteInput(table, write.delete, write.condition) }
  return { ConditionCheck: checkInput(table, write.check, write.condition) }
}

/** Expression values; `undefined` for none, because DynamoDB refuses an empty map. */
export function marshalled(items: Item) {
  return Object.keys(items).length === 0 ? undefined : marshall(items, { removeUndefinedValues: true })
}

function checkInput(table: string, key: Key, condition: Condition) {
  return { ConditionExpression: condition.expression, ...deleteInput(table, key, condition) }
}

function conditionInput(condition: Condition | undefined) {
  return (
    condition && {
      ConditionExpression: condition.expression,
      ...(condition.names && { ExpressionAttributeNames: { ...condition.names } }),
      ...(condition.values && { ExpressionAttributeValues: marshalled(condition.values) }),
    }
  )
}
