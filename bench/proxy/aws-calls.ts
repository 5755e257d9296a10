// Counts what this process asks AWS, by service: every HTTP request that leaves for an emulator's port.
import { subscribe } from 'node:diagnostics_channel'
import type { ClientRequest } from 'node:http'

export type AwsCalls = Readonly<Record<string, number>>

/**
 * @param endpoints a service's name and where it is
 * @returns gives the calls since it was asked last
 */
export function countAwsCalls(endpoints: Readonly<Record<string, string>>): () => AwsCalls {
  const services = new Map(Object.entries(endpoints).map(([service, url]) => [new URL(url).host, service]))
  let calls: Record<string, number> = {}
  subscribe('http.client.request.start', (message) => {
    const { request } = message as { request: ClientRequest }
    const service = services.get(String(request.getHeader('host')))
    if (service !== undefined) calls[service] = (calls[service] ?? 0) + 1
  })
  return () => {
    const counted = calls
    calls = {}
    return counted
  }
}
