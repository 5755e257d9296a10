// Random requests in the shapes that the adapters send, most of them valid, over few keys so that they meet.
import { marshall } from '@aws-sdk/util-dynamodb'
import {
  type Condition,
  deleteInput,
  type Item,
  marshalled,
  putInput,
  transactInput,
  type Update,
  updateInput,
  type Write,
} from '#adapters/dynamodb/expressions.ts'
import type { Key } from '#adapters/dynamodb/schema.ts'
import type { Random } from '../random.ts'

export interface Request {
  readonly operation: string
  readonly input: object
}

const PARTITIONS = ['tenant#a', 'tenant#a#usage', 'tenant#b', 'tenants', 'due#1']
const SORTS = [
  'tenant',
  'connection#1',
  'connection#2',
  'connection#3',
  'revocation#1',
  'app#é',
  'app#\u{1f600}',
  'app#\uffee',
]

export class Requests {
  readonly #random: Random
  readonly #table: string

  constructor(random: Random, table: string) {
    this.#random = random
    this.#table = table
  }

  next(): Request {
    const { operation, input } = this.#next()
    return { operation, input: wired(input) }
  }

  #next(): Request {
    const table = this.#table
    const roll = this.#random.below(100)
    if (roll < 20)
      return {
        operation: 'PutItem',
        input: {
          ...putInput(
            table,
            this.#item(),
            this.#maybe(() => this.#condition()),
          ),
          ...this.#shown(),
        },
      }
    if (roll < 45)
      return {
        operation: 'UpdateItem',
        input: {
          ...updateInput(
            table,
            this.#key(),
            this.#update(),
            this.#maybe(() => this.#condition()),
          ),
          ...this.#shown('ALL_NEW'),
        },
      }
    if (roll < 52)
      return {
        operation: 'DeleteItem',
        input: {
          ...deleteInput(
            table,
            this.#key(),
            this.#maybe(() => this.#condition()),
          ),
          ...this.#shown(),
        },
      }
    if (roll < 70)
      return {
        operation: 'TransactWriteItems',
        input: { TransactItems: this.#writes().map((write) => transactInput(table, write)) },
      }
    if (roll < 78)
      return {
        operation: 'GetItem',
        input: {
          TableName: table,
          Key: marshall(this.#key()),
          ConsistentRead: true,
          ...this.#maybe(() => this.#projection()),
        },
      }
    if (roll < 83)
      return {
        operation: 'BatchGetItem',
        input: { RequestItems: { [table]: { Keys: this.#some(6, () => marshall(this.#key())) } } },
      }
    return { operation: 'Query', input: this.#query() }
  }

  #key(): Key {
    const sk = this.#random.below(60) === 0 ? '' : this.#one(SORTS)
    return { pk: this.#one(PARTITIONS), sk } as Key
  }

  #item(): Item {
    const random = this.#random
    return {
      ...this.#key(),
      ...(random.below(2) && { generation: random.below(4) }),
      ...(random.below(2) && { count: this.#number() }),
      ...(random.below(2) && { leaseOwner: this.#text(), leaseUntil: random.below(9) }),
      ...(random.below(2) && {
        state: { status: this.#text(), refusedAt: random.below(5), 'odd name': [1, { deep: null }] },
      }),
      ...(random.below(3) && {
        dueShard: `due#${random.below(2)}`,
        dueAt: this.#number(),
        appId: this.#text(),
      }),
      ...(random.below(3) && { endUserKey: `tenant#a#end-user#${random.below(2)}` }),
      ...(random.below(4) === 0 && {
        seal: new Uint8Array(random.bytes(random.below(40))),
        list: [this.#text(), this.#number()],
        on: random.below(2) === 1,
      }),
      ...(random.below(50) === 0 && { large: 'x'.repeat(random.below(300_000)) }),
      ...(random.below(12) === 0 && { appId: '' }),
      ...(random.below(30) === 0 && { endUserKey: '' }),
      ...(random.below(30) === 0 && { dueAt: 'tomorrow' }),
    }
  }

  #update(): Update {
    const random = this.#random
    return {
      set: {
        ...(random.below(2) && { generation: random.below(4) }),
        ...(random.below(2) && { leaseOwner: this.#text() }),
        ...(random.below(3) === 0 && { state: { status: this.#text(), refusedAt: this.#number() } }),
        ...(random.below(3) === 0 && { dueShard: `due#${random.below(2)}`, dueAt: this.#number() }),
        ...(random.below(30) === 0 && { dueAt: 'tomorrow' }),
        ...(random.below(30) === 0 && { endUserKey: '' }),
        ...(random.below(40) === 0 && { sk: 'moved' }),
        ...(random.below(50) === 0 && { large: 'x'.repeat(random.below(430_000)) }),
        updatedAt: random.below(9),
      },
      remove: this.#some(2, () => this.#one(['leaseUntil', 'pace', 'on', 'list'])).filter(
        (name, at, all) => all.indexOf(name) === at,
      ),
      ...(random.below(3) === 0 && { add: { count: this.#number(), changes: 1 } }),
      ...(random.below(40) === 0 && { add: { appId: 1 } }),
    }
  }

  #condition(): Condition {
    const random = this.#random
    const value = this.#one<() => unknown>([
      () => random.below(4),
      () => this.#text(),
      () => this.#number(),
      () => null,
      () => ({ status: 'a' }),
    ])()
    const text = this.#text()
    return this.#one<Condition>([
      { expression: 'attribute_not_exists(pk)' },
      { expression: 'attribute_exists(pk)' },
      { expression: 'generation = :g', values: { ':g': value } },
      { expression: 'generation = :g AND leaseOwner = :o', values: { ':g': random.below(4), ':o': text } },
      {
        expression:
          'generation = :g AND attribute_not_exists(suspendedAt) AND (attribute_not_exists(leaseUntil) OR leaseUntil <= :n OR leaseOwner = :o)',
        values: { ':g': random.below(4), ':n': value, ':o': text },
      },
      {
        expression: 'attribute_not_exists(#c) OR #c < :max',
        names: { '#c': 'count' },
        values: { ':max': this.#number() },
      },
      { expression: '#s.#t = :f', names: { '#s': 'state', '#t': 'status' }, values: { ':f': text } },
      {
        expression: 'attribute_exists(pk) AND (attribute_not_exists(#s) OR #s.refusedAt <= :b)',
        names: { '#s': 'state' },
        values: { ':b': this.#number() },
      },
      {
        expression: 'attribute_not_exists(pk) OR ((#c = :a OR #c = :b) AND attribute_not_exists(#s.#x))',
        names: { '#c': 'leaseOwner', '#s': 'state', '#x': 'odd name' },
        values: { ':a': 'a', ':b': 'b' },
      },
      { expression: 'NOT (appId <> :v)', values: { ':v': value } },
      {
        expression: 'leaseUntil BETWEEN :l AND :h',
        values: { ':l': random.below(4), ':h': 4 + random.below(4) },
      },
      { expression: 'leaseOwner IN (:a, :b) OR begins_with(appId, :a)', values: { ':a': text, ':b': 'b' } },
      { expression: 'size(seal) > :n OR contains(list, :t)', values: { ':n': random.below(40), ':t': text } },
      { expression: 'attribute_type(#c, :t)', names: { '#c': 'count' }, values: { ':t': 'N' } },
      { expression: 'state.refusedAt > :n', values: { ':n': value } },
      { expression: 'generation = :missing' },
      { expression: 'generation = :g', values: { ':g': 1, ':unused': 2 } },
      { expression: 'generation = :g', names: { '#unused': 'on' }, values: { ':g': 1 } },
      { expression: '((generation = :g))', values: { ':g': 1 } },
      { expression: 'generation = = :g', values: { ':g': 1 } },
    ])
  }

  #writes(): readonly Write[] {
    return this.#some(4, () =>
      this.#one<() => Write>([
        () => ({ put: this.#item(), ...this.#conditional() }),
        () => ({ update: this.#key(), change: this.#update(), ...this.#conditional() }),
        () => ({ delete: this.#key(), ...this.#conditional() }),
        () => ({ check: this.#key(), condition: this.#condition() }),
      ])(),
    )
  }

  #conditional(): { condition?: Condition } {
    return this.#random.below(2) ? { condition: this.#condition() } : {}
  }

  #query(): object {
    const random = this.#random
    const index = this.#one(['', '', 'due', 'end-user'])
    const [partition, value, sort] =
      index === 'due'
        ? ['dueShard', `due#${random.below(2)}`, 'dueAt']
        : index === 'end-user'
          ? ['endUserKey', `tenant#a#end-user#${random.below(2)}`, 'sk']
          : ['pk', this.#one(PARTITIONS), 'sk']
    const bound = () =>
      index === 'due' ? this.#number() : this.#one(['connection#', 'connection#2', 'app#', 'app#é', 'zzz'])
    const range = this.#one<readonly [string, Item] | undefined>([
      undefined,
      ['#sort <= :x', { ':x': bound() }],
      ['#sort > :x', { ':x': bound() }],
      ['#sort = :x', { ':x': bound() }],
      ...(index === 'due' ? [] : [['begins_with(#sort, :x)', { ':x': bound() }] as const]),
      [
        '#sort BETWEEN :x AND :y',
        index === 'due' ? { ':x': 1, ':y': 50 } : { ':x': 'app#', ':y': 'connection#2' },
      ],
    ])
    const filter =
      this.#random.below(4) === 0
        ? { expression: 'appId = :app', values: { ':app': this.#text() } }
        : undefined
    return {
      TableName: this.#table,
      ...(index && { IndexName: index }),
      KeyConditionExpression: `#partition = :partition${range ? ` AND ${range[0]}` : ''}`,
      ...(filter && { FilterExpression: filter.expression }),
      ExpressionAttributeNames: { '#partition': partition, ...(range && { '#sort': sort }) },
      ExpressionAttributeValues: marshalled({ ':partition': value, ...range?.[1], ...filter?.values }),
      ScanIndexForward: random.below(2) === 1,
      ...(random.below(2) && { Limit: 1 + random.below(4) }),
      ConsistentRead: index === '',
    }
  }

  #projection(): object {
    return this.#one<object>([
      { ProjectionExpression: 'pk, generation' },
      { ProjectionExpression: '#s.#t, appId', ExpressionAttributeNames: { '#s': 'state', '#t': 'status' } },
      { ProjectionExpression: 'status' },
    ])
  }

  #shown(after?: 'ALL_NEW'): object {
    return {
      ...(this.#random.below(2) && { ReturnValues: after ?? 'ALL_OLD' }),
      ...(this.#random.below(2) && { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }),
    }
  }

  #number(): number {
    return this.#one([0, 1, -1, 7, 42, 1.5, -0.25, 1e15, 0.1, 1e-7, 9007199254740991, -1e-30, 123456789.125])
  }

  #text(): string {
    return this.#one(['a', 'b', 'active', '', 'ä', '\u{1f600}'])
  }

  #one<T>(choices: readonly T[]): T {
    return choices[this.#random.below(choices.length)] as T
  }

  #some<T>(max: number, make: () => T): T[] {
    return Array.from({ length: 1 + this.#random.below(max) }, make)
  }

  #maybe<T>(make: () => T): T | undefined {
    return this.#random.below(2) ? make() : undefined
  }
}

/** As the SDK sends it: bytes in base64, no absent members. */
function wired(input: object): object {
  const text = JSON.stringify(input, (_, value) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value,
  )
  return JSON.parse(text) as object
}
