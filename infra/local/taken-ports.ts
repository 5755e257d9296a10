// Finds ports that are in use before anything starts, and explains which setting to change.

import { listenOnLoopback } from './loopback-server.ts'
import type { Settings } from './settings.ts'

const OWNERS = { api: 'the API', simulator: 'the ClickFunnels simulator', demo: 'the demo page' } as const
const VARIABLES = { api: 'PORT', simulator: 'PORT + 1', demo: 'PORT + 2' } as const

/** @throws Error with `code: 'EADDRINUSE'` and `port` for the first port that is in use */
export async function probePorts({ ports }: Settings): Promise<void> {
  for (const port of Object.values(ports)) {
    const probe = await listenOnLoopback(port, () => {})
    await probe.close()
  }
}

/** The message for a start that failed because a port is in use. Returns `undefined` for any other failure. */
export function explainTakenPort(error: unknown, { ports }: Settings): string | undefined {
  const { code, port } = error as { code?: string; port?: number }
  if (code !== 'EADDRINUSE') return undefined
  const part = (['api', 'simulator', 'demo'] as const).find((name) => ports[name] === port)
  const owner = part ? ` (${VARIABLES[part]}, for ${OWNERS[part]})` : ''
  return `Port ${port}${owner} is taken. Set PORT to another one: PORT=${ports.api + 100} npm start`
}
