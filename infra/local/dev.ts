// `npm run dev`: loads the functions from their sources, and again at each change. Sources that do not load are reported,
// and the next change is waited for.
import { PROJECT_ROOT } from './cloudformation/synthesis.ts'
import { FunctionError } from './lambda/sandbox.ts'
import { SourceWatch } from './source-watch.ts'
import type { LocalStack } from './stack.ts'
import type { Steps } from './steps.ts'

const WATCHED = ['functions', 'shared', 'infra', 'docs']
/** What this process runs itself. */
const OURS = 'infra/local/'
const MAX_NAMED = 3

/**
 * Waits until the sources load for the first time, and goes on in the background.
 * @returns what ends that
 */
export async function loadSources(stack: LocalStack, steps: Steps): Promise<() => void> {
  const watch = new SourceWatch(PROJECT_ROOT, WATCHED)
  let closed = false
  const update = async (why: string): Promise<boolean> => {
    steps.begin()
    try {
      await stack.update()
      steps.say(`functions loaded ${why}`)
      return true
    } catch (error) {
      if (!closed)
        console.error(`\n${wordsOf(error)}\n\nThe functions do not load ${why}. Waiting for the next change.`)
      return false
    }
  }
  const nextUpdate = async (): Promise<boolean> => {
    const files = await watch.next()
    if (closed) return false
    if (!files.every((file) => file.startsWith(OURS))) return update(`after a change of ${namesOf(files)}`)
    console.log(`${namesOf(files)} changed, which this process runs itself: stop it and start it again`)
    return false
  }
  let loaded = await update('from their sources')
  while (!loaded) loaded = await nextUpdate()
  void (async () => {
    while (!closed) await nextUpdate()
  })()
  return () => {
    closed = true
    watch.close()
  }
}

function namesOf(files: readonly string[]): string {
  const more = files.length - MAX_NAMED
  return files.slice(0, MAX_NAMED).join(', ') + (more > 0 ? ` and ${more} more` : '')
}

function wordsOf(error: unknown): string {
  if (!(error instanceof FunctionError)) return error instanceof Error ? error.message : String(error)
  const { trace = [error.message] } = error.failure
  return trace.filter((line) => !line.includes('(node:internal/')).join('\n')
}
