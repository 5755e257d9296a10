// The whole templates, so that every change to what is deployed shows in review. Hashes of code are left out: they
// change with every line of a function.
import { expect, test } from 'vitest'
import { dataStack, serviceStack, type Template } from './synthesized.ts'

const ASSET = /[0-9a-f]{64}(\.zip)/g

const withoutHashes = (template: Template): unknown =>
  JSON.parse(JSON.stringify(template).replaceAll(ASSET, '<code>$1'))

test('the data stack is the one that was reviewed', () => {
  expect(withoutHashes(dataStack)).toMatchSnapshot()
})

test('the service stack is the one that was reviewed', () => {
  expect(withoutHashes(serviceStack)).toMatchSnapshot()
})

test('no path of the machine that synthesized gets into a template', () => {
  for (const template of [dataStack, serviceStack]) {
    expect(JSON.stringify(template)).not.toMatch(/"(\/|[A-Z]:\\)(home|root|tmp|usr|work|Users)\b/)
  }
})
