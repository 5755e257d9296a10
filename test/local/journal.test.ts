// The journal behind DATA_DIR: the next run finds what was committed, however the process ended.
import { appendFileSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Journal } from '../../infra/local/journal.ts'
import { scratchFolder } from '../support/scratch.ts'

const newFile = () => join(scratchFolder(), 'folder', 'state.jsonl')
const found = (file: string) => new Journal(file).kept<{ name: string }>('pet').all()

test('committed changes are found again, in order and without being closed; others are not', () => {
  const file = newFile()
  const journal = new Journal(file)
  const pets = journal.kept<{ name: string }>('pet')
  pets.put(1, { name: 'Rex' })
  pets.put(2, { name: 'Mia' })
  pets.put(3, { name: 'Tom' })
  journal.kept('plant').put(1, { name: 'Fern' })
  journal.commit()
  pets.put(1, { name: 'Rexine' })
  pets.remove(2)
  journal.commit()
  pets.put(4, { name: 'Uncommitted' })
  expect(found(file)).toEqual([{ name: 'Rexine' }, { name: 'Tom' }])
})

test('only its owner can read it, also after it was rewritten', () => {
  const file = newFile()
  for (const _ of ['made', 'rewritten']) {
    new Journal(file)
    expect(statSync(file).mode & 0o777).toBe(0o600)
  }
})

test('a commit that was cut off at any byte is dropped as a whole, and the next run continues', () => {
  const file = newFile()
  const journal = new Journal(file)
  const pets = journal.kept<{ name: string }>('pet')
  pets.put(1, { name: 'Rex' })
  journal.commit()
  const first = statSync(file).size
  pets.put(1, { name: 'Rexine' })
  pets.put(2, { name: 'Mia' })
  journal.commit()
  const whole = readFileSync(file)
  for (let size = first; size < whole.length; size++) {
    writeFileSync(file, whole)
    truncateSync(file, size)
    expect(found(file)).toEqual([{ name: 'Rex' }])
  }
  const next = new Journal(file)
  next.kept('pet').put(3, { name: 'Tom' })
  next.commit()
  expect(found(file)).toEqual([{ name: 'Rex' }, { name: 'Tom' }])
})

test('a file does not grow from run to run, and a damaged one is refused by its line', () => {
  const file = newFile()
  const journal = new Journal(file)
  for (let count = 0; count < 100; count++) {
    journal.kept('pet').put(1, { name: `Rex ${count}` })
    journal.commit()
  }
  expect(found(file)).toEqual([{ name: 'Rex 99' }])
  expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(2)
  appendFileSync(file, 'what is this?\n')
  expect(() => new Journal(file)).toThrow(/state\.jsonl", line 2 is damaged/)
})

test('cleared, it is empty in the next run too', () => {
  const file = newFile()
  const journal = new Journal(file)
  journal.kept('pet').put(1, { name: 'Rex' })
  journal.commit()
  journal.clear()
  expect(found(file)).toEqual([])
})
