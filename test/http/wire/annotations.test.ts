// Which tags and labels a request may bring, and what the answer says about the others.
import { describe, expect, test } from 'vitest'
import { parseBody } from '#http/message/parse.ts'
import { connectionUpdateSchema } from '#http/wire/annotations.ts'
import { connectionSwitchSchema } from '#http/wire/connection.ts'

const numbered = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, 'v']))

describe('a change of tags and label', () => {
  test.each([
    [{}, {}],
    [{ tags: {} }, { tags: null }],
    [
      { tags: null, label: null },
      { tags: null, label: null },
    ],
    [
      { tags: numbered(10), label: 'ü'.repeat(200) },
      { tags: numbered(10), label: 'ü'.repeat(200) },
    ],
    [{ tags: { ['k'.repeat(40)]: 'v'.repeat(200) } }, { tags: { ['k'.repeat(40)]: 'v'.repeat(200) } }],
  ])('%j is taken', (body, change) => {
    expect(parseBody(connectionUpdateSchema, body)).toEqual(change)
  })

  test.each([
    [{ tags: numbered(11) }, '"tags" must have at most 10 tags.'],
    [{ tags: { k: '' } }, '"tags/k" must not be empty.'],
    [{ tags: { k: 'v'.repeat(201) } }, '"tags/k" must have at most 200 characters.'],
    [{ tags: { k: 1 } }, '"tags/k" must be a string.'],
    [{ tags: { '': 'v' } }, '"tags" must have keys of 1 to 40 characters.'],
    [{ tags: { ['k'.repeat(41)]: 'v' } }, '"tags" must have keys of 1 to 40 characters.'],
    [{ tags: ['v'] }, '"tags" must be an object.'],
    [{ label: '' }, '"label" must not be empty.'],
    [{ label: '\ud800' }, '"label" must be valid Unicode text, and has half a surrogate pair.'],
  ])('%j is refused with its rule', (body, detail) => {
    expect(() => parseBody(connectionUpdateSchema, body)).toThrow(detail)
  })
})

test("the operator's change needs at least one member", () => {
  expect(() => parseBody(connectionSwitchSchema, {})).toThrow('must have "suspended", "tags" or "label"')
  expect(parseBody(connectionSwitchSchema, { suspended: true })).toEqual({ status: 'suspended' })
  expect(parseBody(connectionSwitchSchema, { suspended: false, tags: {} })).toEqual({
    status: 'active',
    tags: null,
  })
})
