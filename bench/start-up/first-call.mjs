// The start of one process: imports a bundle as Lambda's runtime does, calls its handler once and prints how long both took.
// It is plain JavaScript, so that stripping types is not measured.
import { writeSync } from 'node:fs'

const [bundle, event] = process.argv.slice(2)
const slowness = Number(process.env.SLOWNESS ?? 1)
if (slowness > 1) {
  // Valgrind slows down everything but time. Time is slowed down, too, because otherwise every deadline would pass.
  const { setTimeout: later, performance: clock } = globalThis
  const now = clock.now.bind(clock)
  globalThis.setTimeout = (run, milliseconds, ...args) => later(run, milliseconds * slowness, ...args)
  clock.now = () => now() / slowness
}

const began = performance.now()
const { handler } = bundle === 'none' ? { handler: undefined } : await import(bundle)
const imported = performance.now()
if (process.env.WAIT_AFTER_IMPORT !== undefined) {
  // The parent process continues it, with less CPU.
  const goOn = new Promise((resolve) => process.once('SIGUSR2', resolve))
  const waiting = setTimeout(() => process.exit(1), 60_000)
  writeSync(1, 'imported\n')
  await goOn
  clearTimeout(waiting)
}
const called = performance.now()
const answer = await handler?.(JSON.parse(event ?? '{}'), { getRemainingTimeInMillis: () => 90_000 })
const done = performance.now()
const figures = {
  import: imported - began,
  call: done - called,
  status: answer?.statusCode ?? null,
}
writeSync(1, `${JSON.stringify(figures)}\n`, undefined)
process.exit()
