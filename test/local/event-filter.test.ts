import { expect, test } from 'vitest'
import { matchesPattern } from '../../infra/local/dynamodb/event-filter.ts'

const pattern = { eventName: ['INSERT'], dynamodb: { Keys: { sk: { S: [{ prefix: 'outbox#' }] } } } }
const record = (eventName: string, sk: string) => ({ eventName, dynamodb: { Keys: { sk: { S: sk } } } })

test('a record matches if every member that the pattern names does', () => {
  expect(matchesPattern(record('INSERT', 'outbox#conn_1#1'), pattern)).toBe(true)
  expect(matchesPattern(record('REMOVE', 'outbox#conn_1#1'), pattern)).toBe(false)
  expect(matchesPattern(record('INSERT', 'connection#conn_1'), pattern)).toBe(false)
  expect(matchesPattern({ eventName: 'INSERT' }, pattern)).toBe(false)
})

test('a comparison that no pattern of ours uses is an error', () => {
  expect(() => matchesPattern('a', [{ 'anything-but': 'b' }])).toThrow(/does not know/)
})
