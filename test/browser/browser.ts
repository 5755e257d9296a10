// Debian's Chromium, driven by playwright-core, and the local stack as `npm start` runs it.
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { type Browser, type BrowserContext, chromium } from 'playwright-core'
import { LOGIN_COOKIE } from '../../infra/local/clickfunnels/login.ts'

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium'

/** A browser that has never been at the simulator: `newContext({ storageState: NO_COOKIES })`. */
export const NO_COOKIES = { cookies: [], origins: [] }

/**
 * Chromium, already logged in at the simulator in each context, as a browser is from its second visit on.
 * @throws Error that says how to get Chromium, where it is missing
 */
export async function launchBrowser(more: readonly string[] = []): Promise<Browser> {
  if (!existsSync(CHROMIUM)) {
    throw new Error(
      `The browser tests need Chromium at "${CHROMIUM}". On Debian: apt-get install chromium. Elsewhere set CHROMIUM to its path.`,
    )
  }
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...more,
    ],
  })
  const open = browser.newContext.bind(browser)
  const storageState = { cookies: [LOGGED_IN], origins: [] }
  browser.newContext = (options): Promise<BrowserContext> => open({ storageState, ...options })
  return browser
}

const LOGGED_IN = {
  ...LOGIN_COOKIE,
  domain: '127.0.0.1',
  path: '/oauth',
  expires: -1,
  httpOnly: true,
  secure: false,
  sameSite: 'Lax',
} as const

export interface Call {
  /** An API key or a JWT. */
  readonly credential: string
  readonly body?: object | undefined
}

export interface Called {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: tests say by their assertions what they expect
  readonly json: any
}

export interface RunningStack {
  readonly api: string
  readonly clickfunnels: string
  readonly demo: string
  readonly apiKey: string
  readonly endpoints: { readonly dynamodb: string }
  /** Calls the API without a browser. */
  call(method: string, path: string, call: Call): Promise<Called>
  /** Calls a control route of the simulator. */
  // biome-ignore lint/suspicious/noExplicitAny: tests say by their assertions what they expect
  control(method: string, path: string, body?: object): Promise<any>
  readonly output: () => string
  /** Ends it with SIGINT. Returns the exit code. */
  stop(): Promise<number | null>
}

/** Runs `npm start`'s command on free ports and waits until it says that it is ready. */
export async function startLocalStack(): Promise<RunningStack> {
  const port = await freePorts()
  const child = spawn(process.execPath, ['infra/local/start.ts'], {
    env: { ...process.env, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)))
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  await ready(child, () => output)
  const found = (pattern: RegExp) => pattern.exec(output)?.[1] ?? ''
  return {
    api: `http://127.0.0.1:${port}`,
    clickfunnels: `http://127.0.0.1:${port + 1}`,
    demo: found(/demo page +(\S+)/),
    apiKey: found(/API key +(\S+)/),
    endpoints: { dynamodb: found(/DynamoDB at (\S+),/) },
    call: (method, path, { credential, body }) =>
      sent(`http://127.0.0.1:${port}${path}`, method, body, {
        authorization: `Bearer ${credential}`,
      }),
    control: async (method, path, body = method === 'GET' ? undefined : {}) =>
      (await sent(`http://127.0.0.1:${port + 1}/_control/${path}`, method, body)).json,
    output: () => output,
    stop: () => {
      child.kill('SIGINT')
      return ended
    },
  }
}

async function sent(url: string, method: string, body?: object, headers?: object): Promise<Called> {
  const response = await fetch(url, {
    method,
    headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  })
  return { status: response.status, json: response.status === 204 ? undefined : await response.json() }
}

function ready(child: ChildProcess, output: () => string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', () => {
      if (/^ready http/m.test(output())) resolve()
    })
    child.once('exit', (code) => reject(new Error(`The local stack ended with ${code}:\n${output()}`)))
  })
}

const PORTS_NEEDED = 6

/** The API's port; the simulator, the demo and the simulator's workspaces take the next ones. */
async function freePorts(): Promise<number> {
  for (let port = 5600; port < 6600; port += PORTS_NEEDED) {
    const row = Array.from({ length: PORTS_NEEDED }, (_, place) => isFree(port + place))
    if ((await Promise.all(row)).every(Boolean)) return port
  }
  throw new Error('No free ports in a row between 5600 and 6600')
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
