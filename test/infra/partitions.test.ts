// The partitions of the policies, held against the keys that schema.ts builds.
import { expect, it } from 'vitest'
import { timelinePartition } from '#adapters/dynamodb/connections/timeline.ts'
import * as events from '#adapters/dynamodb/events/keys.ts'
import { INDEX_LEADING_KEYS, LEADING_KEYS } from '#adapters/dynamodb/partitions.ts'
import * as schema from '#adapters/dynamodb/schema.ts'
import * as usage from '#adapters/dynamodb/usage/keys.ts'
import * as webhooks from '#adapters/dynamodb/webhooks/keys.ts'
import { FUNCTION_NAMES } from '#runtime/env.ts'
import { ALLOWED } from './allowed.ts'

const like = (pattern: string, key: string) =>
  new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(key)
const inPartition = (partition: string, key: unknown) =>
  like(LEADING_KEYS[partition as keyof typeof LEADING_KEYS], String(key))

/** A text that is a part of a key, and has the members that builders take from an object. */
const given = (id: string) => Object.assign(Object(id), { tenantId: id, endUserId: id })

function call(builder: (...parts: never[]) => unknown, id: string): unknown {
  try {
    return builder(...(Array(5).fill(given(id)) as never[]))
  } catch {
    return undefined
  }
}

// Every key builder of the schema, with every argument an id.
it('each key of the table is in exactly one partition of the policies, and each partition is written by a function', () => {
  const id = `ten_${'0'.repeat(26)}`
  const builders = [schema, events, usage, webhooks].flatMap((keys) => Object.values<unknown>(keys))
  const built = builders.map((one) =>
    typeof one === 'function' ? call(one as (...parts: never[]) => unknown, id) : one,
  )
  built.push({ pk: timelinePartition(id as never) })
  const keys = built.map((key) => (Object(key) as { pk?: unknown }).pk).filter((pk) => pk !== undefined)
  expect(keys.length).toBeGreaterThan(20)
  const found = new Map<unknown, string[]>()
  for (const key of keys)
    found.set(
      key,
      Object.keys(LEADING_KEYS).filter((one) => inPartition(one, key)),
    )
  for (const [key, partitions] of found) expect(partitions, String(key)).toHaveLength(1)
  expect(new Set([...found.values()].flat())).toEqual(new Set(Object.keys(LEADING_KEYS)))
  for (const pattern of Object.values(LEADING_KEYS)) {
    const writers = FUNCTION_NAMES.filter((name) =>
      ALLOWED[name].some((line) => /:(Put|Update)Item/.test(line) && line.endsWith(`partition ${pattern}`)),
    )
    expect(writers, pattern).not.toEqual([])
  }
  const indexed = [schema.duePartition(3), schema.endUserPartition(id as never, 'a#b' as never)]
  expect(indexed.map((key) => Object.values(INDEX_LEADING_KEYS).filter((one) => like(one, key)))).toEqual([
    ['due#*'],
    [INDEX_LEADING_KEYS['end-user']],
  ])
  expect(indexed.filter((key) => Object.keys(LEADING_KEYS).some((one) => inPartition(one, key)))).toEqual([])
})

it('only credentials puts API keys, and besides only tenants puts the issuers of identity providers', () => {
  const putting = (partition: string) =>
    FUNCTION_NAMES.filter((name) =>
      ALLOWED[name].includes(`dynamodb:PutItem on Table, partition ${partition}`),
    )
  expect(putting('api-key#*')).toEqual(['credentials'])
  expect(putting('issuer#*')).toEqual(['credentials', 'tenants'])
})
