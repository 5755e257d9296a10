// The real service on free ports for journey tests: the local stack, the ClickFunnels simulator, and short ways to be its
// operator, its tenant, its end user and its provider.
import { inject } from 'vitest'
import { type Simulator, startClickFunnels } from '../../infra/local/clickfunnels/simulator.ts'
import type { Denial } from '../../infra/local/iam/guard.ts'
import { LOCAL_REGION } from '../../infra/local/kms/keys.ts'
import { type ProviderSettings, templateParameters, usesSimulator } from '../../infra/local/settings.ts'
import { type LocalStack, startStack } from '../../infra/local/stack.ts'
import { Browser } from './browser.ts'

export interface ApiAnswer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The parsed body; `undefined` when it is empty or no JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: tests say by their assertions what they expect
  readonly json: any
}

export interface ApiCall {
  readonly method?: string
  /** An API key: sent as a bearer token. */
  readonly key?: string
  /** A string or bytes go out as they are, anything else as JSON. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export interface TestTenant {
  readonly id: string
  readonly apiKey: string
  readonly appId: string
  readonly clientId: string
  readonly clientSecret: string
  readonly returnUrl: string
}

/** Short ways to use a service and its simulator, wherever they run. */
export interface TestClient {
  /** Calls the service's API; redirects are not followed. */
  api(path: string, call?: ApiCall): Promise<ApiAnswer>
  /** Orders something from the simulator: `control('POST', 'faults', {…})`. */
  control(method: string, path: string, body?: object): Promise<ApiAnswer>
  /** Makes a tenant with an app that is registered at the simulator, and an API key. */
  createTenant(options?: TenantOptions): Promise<TestTenant>
  /** Goes the whole way of an end user who approves, and gives the connection. */
  connect(tenant: TestTenant, options?: ConnectOptions): Promise<ApiAnswer>
}

export interface TestStack extends LocalStack, TestClient {
  readonly simulator: Simulator
  /** The calls that functions' roles did not allow. Each makes close() fail. */
  readonly denials: readonly Denial[]
  /** Everything that all functions have written to stdout and stderr so far. */
  logs(): string
}

export interface TenantOptions {
  readonly name?: string
  /** How ClickFunnels issues tokens to the tenant's app. */
  readonly tokens?: 'non_expiring' | 'rotating' | 'strict'
  /** Lifetime of access tokens, in seconds. */
  readonly lifetime?: number
  readonly origins?: readonly string[]
  readonly limits?: object
  /** Of its API key. Default: those of a key that names none. */
  readonly scopes?: readonly string[]
}

export interface ConnectOptions {
  readonly endUser?: string
  readonly workspaceId?: number
  readonly browser?: Browser
  /** The connection to reconnect. */
  readonly connectionId?: string
  /** More members of the session. */
  readonly session?: object
}

const SIMULATOR: ProviderSettings = { profile: 'custom', accountsUrl: '', apiUrl: '', workspaceHosts: '' }

/** The simulator's first workspace: 57 funnels on three pages. */
export const WORKSPACE_ID = 20417

/**
 * @param options.dataDir for tests of restarts
 * @param options.templates a synthesized template that the test has changed
 * @param options.provider for tests of other providers than the simulator
 */
export async function startTestStack(
  options: {
    readonly dataDir?: string
    readonly templates?: string
    readonly provider?: Partial<ProviderSettings>
    /** Parameters of the template, besides those of the provider. */
    readonly parameters?: Readonly<Record<string, string>>
  } = {},
): Promise<TestStack> {
  const simulator = await startClickFunnels({ port: 0 })
  const output: string[] = []
  const denials: Denial[] = []
  const { provider: given, parameters, ...rest } = options
  const provider = { ...SIMULATOR, ...given }
  // Without test/setup.ts, as when one file is run by hand, the stack synthesizes by itself.
  const templates = options.templates ?? inject('templates')
  const stack = await startStack({
    ...rest,
    ...(templates !== undefined && { templates }),
    parameters: {
      ...templateParameters(provider, usesSimulator(provider) ? simulator : undefined),
      ...parameters,
    },
    onLog: (log) => output.push(log.text),
    onDenial: (denial) => {
      // The key of a tenant in another region is refused on purpose: the tenant is told that it cannot be used.
      if (!denial.resource.startsWith('arn:aws:kms:') || denial.resource.includes(LOCAL_REGION)) {
        denials.push(denial)
      }
    },
  }).catch(async (error) => {
    await simulator.close()
    throw error
  })
  return {
    ...stack,
    ...testClient(stack.url, simulator.url),
    simulator,
    denials,
    logs: () => output.join(''),
    close: async () => {
      await stack.close()
      await simulator.close()
      // Each function may do what its journeys need. A call that it handles without failing counts, too.
      if (denials.length > 0)
        throw new Error(`Refused by the functions' policies: ${JSON.stringify(denials)}`)
    },
  }
}

export function testClient(apiUrl: string, simulatorUrl: string): TestClient {
  const api = (path: string, call: ApiCall = {}) => send(`${apiUrl}${path}`, call)
  const control = (method: string, path: string, body?: object) =>
    send(`${simulatorUrl}/_control/${path}`, { method, body })
  return {
    api,
    control,
    createTenant: (tenant) => createTenant(api, control, tenant),
    connect: (tenant, connect) => connectEndUser(api, tenant, connect),
  }
}

async function createTenant(
  api: TestStack['api'],
  control: TestStack['control'],
  { name = 'Acme', tokens = 'rotating', lifetime, origins = [], limits, scopes }: TenantOptions = {},
): Promise<TestTenant> {
  const returnUrl = 'https://acme.example/connected'
  const tenant = await created(api('/v1/tenants', post({ name, return_urls: [returnUrl], origins, limits })))
  const base = `/v1/tenants/${tenant.id}`
  const key = await created(api(`${base}/api-keys`, post({ name: 'test', ...(scopes && { scopes }) })))
  const application = await created(
    control('POST', 'applications', { name, redirect_uris: [], tokens, ...(lifetime && { lifetime }) }),
  )
  const { client_id, client_secret } = application
  const app = await created(api(`${base}/apps`, post({ name, client_id, client_secret })))
  await control('PATCH', `applications/${client_id}`, { redirect_uris: [app.redirect_uri] })
  return {
    id: tenant.id,
    apiKey: key.api_key,
    appId: app.id,
    clientId: client_id,
    clientSecret: client_secret,
    returnUrl,
  }
}

async function connectEndUser(
  api: TestStack['api'],
  { apiKey, returnUrl }: TestTenant,
  {
    endUser = 'user-1',
    workspaceId = WORKSPACE_ID,
    browser = new Browser(),
    connectionId,
    session: more,
  }: ConnectOptions = {},
): Promise<ApiAnswer> {
  const end_user = { id: endUser }
  const wanted = {
    end_user,
    return_url: returnUrl,
    completion: 'verified',
    ...(connectionId && { connection_id: connectionId }),
    ...more,
  }
  const session = await created(api('/v1/connect-sessions', { ...post(wanted), key: apiKey }))
  const consent = await browser.visit(session.connect_url)
  const decision = { decision: 'authorize', workspace_id: String(workspaceId) }
  const back = await browser.submit(consent, decision, { stopBefore: returnUrl })
  const completion_code = completionCodeIn(back.headers)
  return api(`/v1/connect-sessions/${session.id}/complete`, {
    ...post({ end_user, completion_code }),
    key: apiKey,
  })
}

/** The completion code in a redirect to the return URL; empty if it has none. */
export function completionCodeIn(headers: Headers): string {
  return new URL(headers.get('location') ?? 'none:').searchParams.get('completion_code') ?? ''
}

const post = (body: object): ApiCall => ({ method: 'POST', body })

async function created(answer: Promise<ApiAnswer>) {
  const { status, json, text } = await answer
  if (status !== 201) throw new Error(`Expected 201, got ${status}: ${text}`)
  return json
}

async function send(url: string, { method = 'GET', key, body, headers }: ApiCall): Promise<ApiAnswer> {
  const raw = typeof body === 'string' || body instanceof Uint8Array
  const response = await fetch(url, {
    method,
    redirect: 'manual',
    headers: {
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
      ...(body !== undefined && !raw && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: raw ? (body as string) : JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, json: parsed(text) }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
