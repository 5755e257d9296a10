// One function's sandbox: a worker thread that runs the bundle, with its own module graph and only its own environment.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parentPort, workerData } from 'node:worker_threads'
import { loadFunction, serveInvocations } from './invocations.ts'
import type { WorkerSettings } from './protocol.ts'

const settings = workerData as WorkerSettings
const port = parentPort
if (!port) throw new Error('worker.ts is started by executor.ts, as a worker thread')

await serveInvocations(
  {
    send: (message) => port.postMessage(message),
    // The port keeps messages that come before there is a listener.
    onInvoke: (listener) => port.on('message', listener),
  },
  async () => {
    const [file = ''] = settings.handler.split('.')
    return [await loadFunction(pathToFileURL(join(settings.directory, `${file}.mjs`)), settings)]
  },
)
