// Makes the virtual environment that the parts use, once for each state of requirements.txt.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PROJECT_ROOT } from '../../infra/local/cloudformation/synthesis.ts'
import type { Python } from './part.ts'
import { run } from './run-program.ts'

const REQUIREMENTS = join(PROJECT_ROOT, 'test', 'conformance', 'requirements.txt')
const PROBE = 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))'
/** 75 packages come over the network. */
const INSTALL_LIMIT_MS = 420_000

export class PythonMissing extends Error {
  constructor() {
    super(
      'npm run conformance needs Python 3.11 or newer with venv as "python3" (Debian: apt-get install python3-venv), and the package index of pip.',
    )
  }
}

/** @throws PythonMissing, or Error with pip's output when the packages cannot be installed */
export async function makePython(say: (step: string) => void): Promise<Python> {
  const probe = await run('python3', ['-c', PROBE]).catch(() => undefined)
  if (probe === undefined) throw new PythonMissing()
  const hash = createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex').slice(0, 16)
  const directory = join(PROJECT_ROOT, '.local', 'conformance', `python-${hash}`)
  const complete = join(directory, 'complete')
  const bin = join(directory, 'bin')
  if (existsSync(complete)) return { bin }
  say('installing the packages of requirements.txt into a virtual environment (one to four minutes)')
  rmSync(directory, { recursive: true, force: true })
  await run('python3', ['-m', 'venv', directory])
  // Compiling all packages takes longer than compiling what is used.
  const options = ['--quiet', '--disable-pip-version-check', '--no-input', '--no-compile', '--require-hashes']
  const install = ['-m', 'pip', 'install', ...options, '-r', REQUIREMENTS]
  await run(join(bin, 'python'), install, { limitMs: INSTALL_LIMIT_MS })
  writeFileSync(complete, '')
  return { bin }
}
