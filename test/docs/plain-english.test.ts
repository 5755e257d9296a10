// Public texts are in plain English: none of the words that once hid who does what.
import { expect, test } from 'vitest'
import { type PublicString, publicStrings } from './public-strings.ts'

/** What must not occur, and what to write instead. */
const INSTEAD: readonly (readonly [RegExp, string])[] = [
  [/\bwhoever\b/i, 'name them: the caller, the end user, the operator'],
  [/\bsomebody\b/i, 'name the person or thing: another person, another tenant, a browser'],
  [/\bnobody\b/i, 'say what does not happen: "it can no longer be decrypted"'],
  [/\b(owe|owes|owed|owing|debts?)\b/i, 'say "a revocation that ClickFunnels has not confirmed yet"'],
  [/\bacquit/i, 'say "a token that proved valid"'],
  [/\bheed/i, 'say "follows" or "uses"'],
  [/\bbur(y|ies|ied)\b/i, 'say "replaces with a tombstone"'],
  [/\bas (it|they) stands?\b/i, 'say "unchanged" or "exactly as …"'],
  [/\b(that|how it) stands?\b/i, 'say "with this status" or "current status"'],
  [/\bwhat is another's\b/i, 'say "other users\' data"'],
]

/** Code is left out: the names of fields stay what they are. */
const proseOf = (text: string) => text.replaceAll(/`[^`]*`/g, '`…`')

function faultsIn({ place, text }: PublicString): string[] {
  const prose = proseOf(text)
  return INSTEAD.flatMap(([word, instead]) => {
    const found = word.exec(prose)
    if (found === null) return []
    const around = prose.slice(Math.max(0, found.index - 60), found.index + 60).replaceAll(/\s+/g, ' ')
    return [`${place}: "${found[0]}" in "…${around}…". Say who does what in plain words: ${instead}.`]
  })
}

test('public texts say who does what, without riddles and metaphors', async () => {
  const strings = await publicStrings()
  expect(strings.length).toBeGreaterThan(500)
  for (const place of ['infra/openapi', 'infra/cli', 'client/README.md', 'shared/http/pages/texts-de.ts'])
    expect(strings.map((string) => string.place)).toContain(place)
  expect(strings.flatMap(faultsIn)).toEqual([])
})

test.each([
  'Only connections that stand so.',
  'Without, nobody can revoke them afterwards.',
  'Send the path as it stands.',
  'Two revocations are owed.',
  "What is another's looks like what is missing.",
])('"%s" would be found', (text) => {
  expect(faultsIn({ place: 'x', text })).not.toEqual([])
})

test('the name of a field is code, not a word', () => {
  expect(faultsIn({ place: 'x', text: '`owed` counts the pending ones.' })).toEqual([])
})
