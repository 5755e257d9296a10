// The sandbox of `npm run dev`: a process that runs all functions from functions/*.ts. So a debugger has all of them in one
// process, and a change needs no bundle. Unlike in Lambda, the functions share one module graph and one environment.
import { enableCompileCache, flushCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'
import { loadFunction, serveInvocations } from './invocations.ts'
import type { FunctionSettings, Invoke } from './protocol.ts'

const SOURCES = new URL('../../../functions/', import.meta.url)
/** With Node's cache of compiled code from the last process, loading takes half the time. */
const COMPILE_CACHE = new URL('../../../.local/compile-cache', import.meta.url)
const functions: readonly FunctionSettings[] = JSON.parse(process.argv[2] ?? '[]')

// The parent process has ended, so there is nothing to serve.
process.once('disconnect', () => process.exit())

enableCompileCache(fileURLToPath(COMPILE_CACHE))
await serveInvocations(
  {
    send: (message) => process.send?.(message),
    // Node keeps messages that come before there is a listener.
    onInvoke: (listener) => process.on('message', (message) => listener(message as Invoke)),
  },
  () => Promise.all(functions.map((one) => loadFunction(new URL(`${one.functionName}.ts`, SOURCES), one))),
)
// Node writes its cache when the process exits. This process is killed, so it writes it now.
flushCompileCache()
