// A copy of the project's sources that a test may change, with the packages and the synthesized templates of the project.
import {
  cpSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { inject } from 'vitest'
import { scratchFolder } from './scratch.ts'

const SOURCES = [
  'client/src',
  'docs/openapi.json',
  'functions',
  'infra',
  'shared',
  'package.json',
  'package-lock.json',
  'cdk.json',
  'tsconfig.json',
]

export interface TreeCopy {
  readonly root: string
  read(file: string): string
  /** Replaces a file as editors do: at once, by another one. */
  write(file: string, text: string): void
}

export function copyTree(): TreeCopy {
  // A debugger sees the path without links.
  const root = realpathSync(scratchFolder())
  for (const source of SOURCES) cpSync(source, join(root, source), { recursive: true })
  symlinkSync(join(process.cwd(), 'node_modules'), join(root, 'node_modules'))
  const templates = inject('templates') ?? ''
  mkdirSync(join(root, '.local/synth'), { recursive: true })
  cpSync(templates, join(root, '.local/synth', basename(templates)), { recursive: true })
  return {
    root,
    read: (file) => readFileSync(join(root, file), 'utf8'),
    write: (file, text) => {
      const draft = join(root, `${file}.draft`)
      writeFileSync(draft, text)
      renameSync(draft, join(root, file))
    },
  }
}
