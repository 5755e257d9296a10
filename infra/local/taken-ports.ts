// Finds ports that are in use before anything starts, and explains which setting to change.

import { WORKSPACES } from './clickfunnels/data.ts'
import { listenOnLoopback } from './loopback-server.ts'
import type { Ports, Settings } from './settings.ts'

/** Every port of a start, with the part that takes it. */
function partsOf({ api, simulator, demo, workspaces }: Ports): readonly (readonly [number, string])[] {
  return [
    [api, 'the API'],
    [simulator, 'the ClickFunnels simulator'],
    [demo, 'the demo page'],
    ...WORKSPACES.map(
      ({ name }, place) => [workspaces && workspaces + place, `the simulator's workspace "${name}"`] as const,
    ),
  ]
}

/** @throws Error with `code: 'EADDRINUSE'` and `port` for the first port that is in use */
export async function probePorts({ ports }: Settings): Promise<void> {
  for (const [port] of partsOf(ports)) {
    const probe = await listenOnLoopback(port, () => {})
    await probe.close()
  }
}

/** The message for a start that failed because a port is in use. Returns `undefined` for any other failure. */
export function explainTakenPort(error: unknown, { ports }: Settings): string | undefined {
  const { code, port } = error as { code?: string; port?: number }
  if (code !== 'EADDRINUSE' || port === undefined) return undefined
  const part = partsOf(ports).find(([own]) => own === port)
  const variable = port === ports.api ? 'PORT' : `PORT + ${port - ports.api}`
  const owner = part ? ` (${variable}, for ${part[1]})` : ''
  return `Port ${port}${owner} is taken. Set PORT to another one: PORT=${ports.api + 100} npm start`
}
