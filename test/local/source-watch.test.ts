// SourceWatch reports the changes that editors, checkouts and shells make.
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { SourceWatch } from '../../infra/local/source-watch.ts'
import { scratchFolder } from '../support/scratch.ts'

let root: string
let watch: SourceWatch
beforeEach(() => {
  root = scratchFolder()
  mkdirSync(join(root, 'shared/domain'), { recursive: true })
  write('shared/domain/time.ts', 'one')
  watch = new SourceWatch(root, ['shared'])
})
afterEach(() => watch.close())

const write = (file: string, text: string) => writeFileSync(join(root, file), text)

test('a file that is written, replaced by another one and removed, again and again', async () => {
  const file = 'shared/domain/time.ts'
  for (const text of ['first', 'the second']) {
    write(file, text)
    expect(await watch.next()).toEqual([file])
    write('draft', `${text}, replaced`)
    renameSync(join(root, 'draft'), join(root, file))
    expect(await watch.next()).toEqual([file])
    rmSync(join(root, file))
    expect(await watch.next()).toEqual([file])
  }
})

test('a new folder and what changes in it later, until it is removed', async () => {
  mkdirSync(join(root, 'shared/http/message'), { recursive: true })
  write('shared/http/message/parse.ts', 'one')
  expect(await watch.next()).toEqual(['shared/http/message/parse.ts'])
  write('shared/http/message/parse.ts', 'another')
  expect(await watch.next()).toEqual(['shared/http/message/parse.ts'])
  rmSync(join(root, 'shared/http'), { recursive: true })
  expect(await watch.next()).toEqual(['shared/http/message/parse.ts'])
})

test('the second call reports a change between two calls, but only of sources', async () => {
  write('shared/notes.md', 'text')
  write('shared/a.ts', 'one')
  expect(await watch.next()).toEqual(['shared/a.ts'])
  write('shared/b.ts', 'one')
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(await watch.next()).toEqual(['shared/b.ts'])
})
