// The bill of materials lists what is deployed, and the check against the lockfile sees a difference.
import { expect, test } from 'vitest'
import {
  type BillOfMaterials,
  billOfMaterials,
  differencesFromLockfile,
} from '../../infra/supply-chain/bom.ts'
import { idOf, productionPackages } from '../../infra/supply-chain/lockfile.ts'

const bill = billOfMaterials()

test('it is CycloneDX and lists each package of a production install with its hash and licence', () => {
  expect(bill).toMatchObject({ bomFormat: 'CycloneDX', metadata: { component: { name: 'funnel-connect' } } })
  expect(bill.components.map(idOf).sort()).toEqual(productionPackages().map(idOf).sort())
  expect(bill.components.filter(({ licenses = [] }) => licenses.length === 0)).toEqual([])
  expect(differencesFromLockfile(bill)).toEqual([])
})

test('it lists a package that development needs, too', () => {
  // "npm sbom --omit dev" leaves these out.
  expect(bill.components.map(({ name }) => name)).toEqual(expect.arrayContaining(['@smithy/core', 'jose']))
})

test('each dependency that it names is listed', () => {
  const known = [...bill.components, bill.metadata.component].map((one) => one['bom-ref'])
  for (const { ref, dependsOn } of bill.dependencies) {
    expect(known).toEqual(expect.arrayContaining([ref, ...dependsOn]))
  }
})

test.each<[string, (bill: BillOfMaterials) => BillOfMaterials, RegExp]>([
  ['is missing', (all) => ({ ...all, components: all.components.slice(1) }), /is not listed$/],
  [
    'is not in the lockfile',
    (all) => ({ ...all, components: [...all.components, { ...all.metadata.component, name: 'foreign' }] }),
    /^foreign@[\d.]+ is not in the lockfile$/,
  ],
  [
    'has another hash',
    (all) => ({
      ...all,
      components: all.components.map((one, index) =>
        index === 0 ? { ...one, hashes: [{ alg: 'SHA-512', content: '00' }] } : one,
      ),
    }),
    /has another hash than in the lockfile$/,
  ],
])('the check says when a package %s', (_, changed, expected) => {
  expect(differencesFromLockfile(changed(bill))).toEqual([expect.stringMatching(expected)])
})

test('a production install brings no programs along: neither Node nor an emulator', () => {
  const names = productionPackages().map(({ name }) => name)
  expect(names.filter((name) => /^node-|dynoxide|esbuild|aws-cdk/.test(name))).toEqual([])
})
