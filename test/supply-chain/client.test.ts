// The package of the client library: built from its own sources alone, published with provenance.
import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { specifiersOf } from '../support/import-graph.ts'

const manifest = JSON.parse(readFileSync('client/package.json', 'utf8'))

test('the client library depends on no other package, as its notices say', () => {
  // React is the product's own: only the hook imports it, and a product without React installs none.
  expect(Object.keys(manifest).filter((key) => /dependencies$/i.test(key))).toEqual(['peerDependencies'])
  expect(Object.keys(manifest.peerDependencies)).toEqual(['react'])
  expect(manifest.peerDependenciesMeta).toEqual({ react: { optional: true } })
  const sources = globSync('client/src/*.ts')
  expect(sources.length).toBeGreaterThan(5)
  for (const path of sources) {
    expect(
      specifiersOf(readFileSync(path, 'utf8')).filter((one) => !one.startsWith('./')),
      path,
    ).toEqual(path === 'client/src/react.ts' ? ['react'] : [])
  }
  expect(manifest.files).toContain('THIRD-PARTY-NOTICES.txt')
})

test('it is published with provenance, and runs no script when it is installed', () => {
  expect(manifest.publishConfig).toMatchObject({ provenance: true })
  expect(manifest.repository).toMatchObject({ type: 'git', directory: 'client' })
  expect(Object.keys(manifest.scripts).filter((name) => /install|prepare/.test(name))).toEqual([])
})

test('a release has one version', () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
  expect(manifest.version).toBe(version)
})
