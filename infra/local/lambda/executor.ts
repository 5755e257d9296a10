// Executes a sandbox's functions: in a worker thread for one bundle, or in a process for the sources of all functions.
import { fork } from 'node:child_process'
import type { EventEmitter } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { FunctionSettings, Invoke, WorkerSettings } from './protocol.ts'

export interface Executor {
  /** "message", "error" and "exit", which threads and processes have in common. */
  readonly events: EventEmitter
  send(invocation: Invoke): void
  /** Ends it at once. */
  kill(): void
}

type Environment = Readonly<Record<string, string>>

export function workerThread(settings: WorkerSettings, environment: Environment): Executor {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    env: { ...environment },
    workerData: settings,
    // Functions must not get the flags of this process, such as a test runner's or a debugger's.
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: settings.memoryMb },
  })
  return {
    events: worker,
    send: (invocation) => worker.postMessage(invocation),
    kill: () => void worker.terminate(),
  }
}

/** @param inspectPort the port for a debugger. Without it, there is no inspector. */
export function sourceProcess(
  functions: readonly FunctionSettings[],
  environment: Environment,
  inspectPort: number | undefined,
): Executor {
  const child = fork(new URL('./source-process.ts', import.meta.url), [JSON.stringify(functions)], {
    env: { ...environment },
    execArgv: inspectPort === undefined ? [] : [`--inspect=127.0.0.1:${inspectPort}`],
    // The output of functions comes as messages. The rest is Node's: the inspector's URL, and why a process crashed.
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  return {
    events: child,
    send: (invocation) => child.send(invocation),
    kill: () => child.kill('SIGKILL'),
  }
}
