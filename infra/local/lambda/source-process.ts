// The sandbox of `npm run dev`: a process that runs all functions from functions/*.ts, so that a debugger finds them in
// one place and a change needs no bundle. They share one module graph and one environment, which Lambda's do not.
import { enableCompileCache, flushCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'
import { loadFunction, serveInvocations } from './invocations.ts'
import type { FunctionSettings, Invoke } from './protocol.ts'

const SOURCES = new URL('../../../functions/', import.meta.url)
/** Loading takes half the time when Node finds what it compiled for the last process. */
const COMPILE_CACHE = new URL('../../../.local/compile-cache', import.meta.url)
const functions: readonly FunctionSettings[] = JSON.parse(process.argv[2] ?? '[]')

// The parent has ended: without it there is nothing to serve.
process.once('disconnect', () => process.exit())

enableCompileCache(fileURLToPath(COMPILE_CACHE))
await serveInvocations(
  {
    tell: (message) => process.send?.(message),
    // Node keeps what comes before there is a listener.
    onInvoke: (listener) => process.on('message', (message) => listener(message as Invoke)),
  },
  () => Promise.all(functions.map((one) => loadFunction(new URL(`${one.functionName}.ts`, SOURCES), one))),
)
// Node would write its cache at the end, which is a kill.
flushCompileCache()
