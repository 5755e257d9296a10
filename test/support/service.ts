// The functions behind the bridge, in this process and on fakes: real HTTP, but a clock that a test moves. For what takes
// longer than a test may wait: a minute's cache, say. The whole stack with real parts: stack.ts.
import { vi } from 'vitest'
import { ROUTES, type RouteKey } from '#http/routes.ts'
import type { HttpHandler } from '#http/stack.ts'
import { apps } from '../../functions/apps.ts'
import { auditEvents } from '../../functions/audit-events.ts'
import { connectSessions } from '../../functions/connect-sessions.ts'
import { connections } from '../../functions/connections.ts'
import { credentials } from '../../functions/credentials.ts'
import { proxy } from '../../functions/proxy.ts'
import { tenantConnections } from '../../functions/tenant-connections.ts'
import { tenants } from '../../functions/tenants.ts'
import { webhookEndpoints } from '../../functions/webhook-endpoints.ts'
import { openBridge } from '../../infra/local/api-gateway/bridge.ts'
import { type FakeServices, fakeServices } from '../fakes.ts'
import { CONTEXT } from '../http/events.ts'

export interface Answered {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: tests say by their assertions what they expect
  readonly json: any
}

export interface ServiceInProcess {
  readonly url: string
  readonly services: FakeServices
  call(method: string, path: string, body?: unknown, key?: string): Promise<Answered>
  /** Moves the wall clock and the monotonic one, which caches go by. */
  pass(seconds: number): void
  close(): Promise<void>
}

export async function startInProcess(): Promise<ServiceInProcess> {
  vi.useFakeTimers({ toFake: ['performance'] })
  const services = fakeServices()
  const functions: Readonly<Record<string, HttpHandler>> = {
    apps: apps(services),
    'audit-events': auditEvents(services),
    'connect-sessions': connectSessions(services),
    connections: connections(services),
    credentials: credentials(services),
    proxy: proxy(services),
    'tenant-connections': tenantConnections(services),
    tenants: tenants(services),
    'webhook-endpoints': webhookEndpoints(services),
  }
  const routes = (Object.keys(ROUTES) as RouteKey[])
    .map((routeKey) => ({ routeKey, ...ROUTES[routeKey] }))
    .filter(({ function: name }) => name in functions)
    .map(({ access, ...route }) => ({
      ...route,
      authorization: access === 'operator' ? ('AWS_IAM' as const) : ('NONE' as const),
    }))
  const bridge = await openBridge(0)
  bridge.serve({ routes, invoke: async (name, event) => functions[name]?.(event as never, CONTEXT) })
  return {
    url: bridge.url,
    services,
    call: async (method, path, body, key) => {
      const response = await fetch(`${bridge.url}${path}`, {
        method,
        headers: { ...(key !== undefined && { authorization: `Bearer ${key}` }) },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      const json = /json/.test(response.headers.get('content-type') ?? '') ? JSON.parse(text) : undefined
      return { status: response.status, json }
    },
    pass: (seconds) => {
      vi.advanceTimersByTime(seconds * 1000)
      services.clock.advance(seconds)
    },
    close: async () => {
      vi.useRealTimers()
      await bridge.close()
    },
  }
}
