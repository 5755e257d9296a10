// `npm run dev`: loads the functions from their sources, and reloads them after each change. When the sources do not load,
// it reports why and waits for the next change.
import { PROJECT_ROOT } from './cloudformation/synthesis.ts'
import { FunctionError } from './lambda/sandbox.ts'
import { SourceWatch } from './source-watch.ts'
import type { LocalStack } from './stack.ts'
import type { Steps } from './steps.ts'

const WATCHED = ['functions', 'shared', 'infra', 'docs']
/** The code that this process itself runs. It cannot reload that. */
const OURS = 'infra/local/'
const MAX_NAMED = 3

/**
 * Waits until the sources load for the first time, and reloads them in the background from then on.
 * @returns a function that stops the reloading
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
        console.error(
          `\n${messageOf(error)}\n\nThe functions do not load ${why}. Waiting for the next change.`,
        )
      return false
    }
  }
  const nextUpdate = async (): Promise<boolean> => {
    const files = await watch.next()
    if (closed) return false
    if (!files.every((file) => file.startsWith(OURS))) return update(`after a change of ${namesOf(files)}`)
    console.log(`${namesOf(files)} changed. This process itself runs that code: stop it and start it again.`)
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

function messageOf(error: unknown): string {
  if (!(error instanceof FunctionError)) return error instanceof Error ? error.message : String(error)
  const { trace = [error.message] } = error.failure
  return trace.filter((line) => !line.includes('(node:internal/')).join('\n')
}
