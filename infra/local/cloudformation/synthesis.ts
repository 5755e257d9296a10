// Synthesizes the CDK app, once per state of the sources, into .local/synth/<hashes>/ in the project. Several processes may
// do so at once (test workers, npm start). Each writes to a folder of its own and then renames it, so that a folder with a
// result is always complete.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { hashSources, hashTemplateSources } from './sources-hash.ts'

export const PROJECT_ROOT = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))))

const KEPT_RESULTS = 4
/** A process that runs from a result touches it each minute, because functions load some of their code late. */
const TOUCHED_EVERY_MS = 60_000
const ABANDONED_AFTER_MS = 60 * 60 * 1000
const SYNTHESIS_LIMIT_MS = 180_000
const DRAFT = 'draft-'

export interface Synthesis {
  /** Folder with the templates, the asset manifests and the bundles. */
  readonly directory: string
  /** It changes when the templates may have changed. */
  readonly templatesHash: string
  /** Whether CDK did not have to run. */
  readonly cached: boolean
}

export interface SynthesisOptions {
  readonly root?: string
  /** Called before CDK runs, which takes seconds. */
  readonly onStart?: () => void
  /** Accept any result with the current templates. Its bundles may be from an earlier state of the sources. */
  readonly templatesOnly?: boolean
}

/**
 * Returns the synthesized templates and bundles of the current sources.
 * @throws Error with CDK's output when the app does not synthesize
 */
export async function synthesize(options: SynthesisOptions = {}): Promise<Synthesis> {
  const { root = PROJECT_ROOT, onStart, templatesOnly = false } = options
  const results = join(root, '.local', 'synth')
  mkdirSync(results, { recursive: true })
  const wanted = templatesOnly ? `${hashTemplateSources(root)}-` : nameOfResult(root)
  const known = readdirSync(results).find((name) => name.startsWith(wanted))
  if (known !== undefined) {
    touch(join(results, known))
    return { ...resultOf(results, known), cached: true }
  }
  onStart?.()
  for (;;) {
    const name = nameOfResult(root)
    const draft = join(results, `${DRAFT}${name}-${process.pid}-${Math.random().toString(36).slice(2)}`)
    try {
      await runCdk(root, draft)
      // A source changed while CDK ran. The output may or may not contain the change, so it belongs to no hash.
      if (nameOfResult(root) !== name) continue
      publish(draft, join(results, name))
      return { ...resultOf(results, name), cached: false }
    } finally {
      rmSync(draft, { recursive: true, force: true })
      prune(results)
    }
  }
}

function nameOfResult(root: string): string {
  return `${hashTemplateSources(root)}-${hashSources(root)}`
}

function resultOf(results: string, name: string): Omit<Synthesis, 'cached'> {
  const [templatesHash = ''] = name.split('-')
  return { directory: join(results, name), templatesHash }
}

/** Moves a finished draft to its place, unless another process has already put the same result there. */
function publish(draft: string, place: string): void {
  try {
    renameSync(draft, place)
  } catch (error) {
    if (!existsSync(place)) throw error
  }
  touch(place)
}

async function runCdk(root: string, directory: string): Promise<void> {
  const app = spawn(process.execPath, ['infra/app.ts'], {
    cwd: root,
    // A synthesis needs no AWS account.
    env: {
      HOME: process.env.HOME,
      TMPDIR: process.env.TMPDIR,
      PATH: process.env.PATH,
      CDK_OUTDIR: directory,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: SYNTHESIS_LIMIT_MS,
  })
  let output = ''
  const collect = (chunk: Buffer) => {
    output += chunk
  }
  app.stdout.on('data', collect)
  app.stderr.on('data', collect)
  // CDK must not continue for seconds after this process has ended.
  const kill = () => app.kill('SIGKILL')
  process.once('exit', kill)
  const code = await new Promise<number | string | null>((resolve, reject) => {
    app.once('error', reject)
    app.once('close', (status, signal) => resolve(status ?? signal))
  }).finally(() => process.off('exit', kill))
  if (code === 0) return
  const rule = `The CDK app does not synthesize (CDK_OUTDIR=cdk.out node infra/app.ts ended with ${code}):`
  throw new Error(`${rule}\n\n${output.trim()}`)
}

/**
 * Protects a result from pruning while this process runs from it.
 * @returns a function that ends the protection
 */
export function keepInUse(directory: string): () => void {
  const timer = setInterval(() => touch(directory), TOUCHED_EVERY_MS)
  timer.unref()
  return () => clearInterval(timer)
}

function prune(results: string): void {
  const entries = readdirSync(results).map((name) => ({ name, usedAt: modifiedAt(join(results, name)) }))
  const drafts = entries.filter(({ name }) => name.startsWith(DRAFT))
  const abandoned = drafts.filter(({ usedAt }) => usedAt < Date.now() - ABANDONED_AFTER_MS)
  const finished = entries.filter(({ name }) => !name.startsWith(DRAFT)).sort((a, b) => b.usedAt - a.usedAt)
  const inUse = Date.now() - 2 * TOUCHED_EVERY_MS
  const unused = finished.slice(KEPT_RESULTS).filter(({ usedAt }) => usedAt < inUse)
  for (const { name } of [...unused, ...abandoned]) {
    rmSync(join(results, name), { recursive: true, force: true })
  }
}

/** Marks a result as used now. Pruning removes those that were not used for the longest time. */
function touch(directory: string): void {
  const now = new Date()
  if (existsSync(directory)) utimesSync(directory, now, now)
}

function modifiedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
}
