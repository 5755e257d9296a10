// What a sandbox runs in: a worker thread for one bundle, or a process for the sources of all functions.
import { fork } from 'node:child_process'
import type { EventEmitter } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { FunctionSettings, Invoke, WorkerSettings } from './protocol.ts'

export interface Executor {
  /** "message", "error" and "exit", which a thread and a process have alike. */
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
    // The flags of this process (a test runner's, a debugger's) are not for functions.
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: settings.memoryMb },
  })
  return {
    events: worker,
    send: (invocation) => worker.postMessage(invocation),
    kill: () => void worker.terminate(),
  }
}

/** @param inspectPort where a debugger can connect; without one there is no inspector */
export function sourceProcess(
  functions: readonly FunctionSettings[],
  environment: Environment,
  inspectPort: number | undefined,
): Executor {
  const child = fork(new URL('./source-process.ts', import.meta.url), [JSON.stringify(functions)], {
    env: { ...environment },
    execArgv: inspectPort === undefined ? [] : [`--inspect=127.0.0.1:${inspectPort}`],
    // What functions write comes as messages. The rest is Node's own: where the inspector listens, why a process crashed.
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  return {
    events: child,
    send: (invocation) => child.send(invocation),
    kill: () => child.kill('SIGKILL'),
  }
}
