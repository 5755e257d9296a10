// A map that forgets its oldest entry when it is full.
import { expect, test } from 'vitest'
import { BoundedMap } from '#domain/bounded-map.ts'

test('beyond its bound the oldest entry is evicted', () => {
  const evicted: string[] = []
  const map = new BoundedMap<string, string>(2, (value) => evicted.push(value))
  map.set('a', 'A').set('b', 'B')
  expect(evicted).toEqual([])
  map.set('c', 'C')
  expect([...map]).toEqual([
    ['b', 'B'],
    ['c', 'C'],
  ])
  expect(evicted).toEqual(['A'])
})

test('an entry that is set again is the newest, and nothing is evicted', () => {
  const evicted: number[] = []
  const map = new BoundedMap<string, number>(2, (value) => evicted.push(value))
  map.set('a', 1).set('b', 2).set('a', 3)
  expect([...map.keys()]).toEqual(['b', 'a'])
  expect(evicted).toEqual([])
  map.set('c', 4)
  expect([...map.keys()]).toEqual(['a', 'c'])
})

test('reading an entry does not make it newer, and a deleted one makes room', () => {
  const map = new BoundedMap<string, number>(2).set('a', 1).set('b', 2)
  expect(map.get('a')).toBe(1)
  map.delete('b')
  map.set('c', 3)
  expect([...map.keys()]).toEqual(['a', 'c'])
  map.set('d', 4)
  expect([...map.keys()]).toEqual(['c', 'd'])
})
