// A product of its own that uses the client as its users get it: packed, installed into an empty Vite project, built, and opened in
// Chromium against the local service.
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { extname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import type { Browser, Page } from 'playwright-core'
import { build } from 'vite'
import { expect } from 'vitest'
import { Tokens } from '../../infra/local/demo/tokens.ts'
import { listenOnLoopback } from '../../infra/local/loopback-server.ts'
import { type TestTenant, testClient } from '../support/stack.ts'
import { ageRefusals } from '../support/table.ts'
import { launchBrowser, type RunningStack, startLocalStack } from './browser.ts'

const run = promisify(execFile)
const USER = { id: 'user-1', name: 'demo user 1' }
/** What a product in React installs from the registry. */
const REACT = ['react', 'react-dom', 'scheduler']

export interface Product {
  readonly browser: Browser
  readonly stack: RunningStack
  readonly tenant: TestTenant
  /** The archive's name, and the folder that it was installed to. */
  readonly packed: { readonly archive: string; readonly installed: string }
  /** Headers that the product's page is served with. */
  headers: Record<string, string>
  /** Builds the product with this code as its only module, and opens it. */
  openWith(page: Page, code: string): Promise<void>
  /** Calls the service as the tenant, without a browser; gives the items of a list. */
  api(path: string, method?: string): Promise<readonly { readonly id: string }[]>
  disconnectAll(): Promise<void>
  /** ClickFunnels refuses the connection's tokens at two looks that are far enough apart. */
  breakConnection(id: string): Promise<void>
  close(): Promise<void>
}

/** Packs, installs, synthesizes: minutes, on a busy machine. */
export async function startProduct(): Promise<Product> {
  const project = mkdtempSync(join(tmpdir(), 'vite-project-'))
  const built = join(project, 'dist')
  /** The product's own login. */
  const tokens = new Tokens()
  const packing = await run('npm', ['pack', './client', '--silent', '--pack-destination', project])
  const archive = packing.stdout.trim().split('\n').at(-1) ?? ''
  writeFileSync(join(project, 'package.json'), '{"name":"empty","private":true,"type":"module"}')
  const install = ['install', '--offline', '--no-audit', '--no-fund', join(project, archive)]
  await run('npm', install, { cwd: project })
  for (const name of REACT) {
    symlinkSync(resolve('node_modules', name), join(project, 'node_modules', name))
  }

  const server = await listenOnLoopback(0, ({ url = '/' }, response) => {
    const { pathname } = new URL(url, 'http://127.0.0.1')
    if (pathname === '/token') return void response.end(tokens.issue(server.url, tenant.id, USER))
    if (pathname === '/.well-known/jwks.json') return void response.end(JSON.stringify(tokens.keySet()))
    const file = extname(pathname) === '' ? 'index.html' : pathname
    response.setHeader('content-type', file.endsWith('.js') ? 'text/javascript' : 'text/html')
    for (const [name, value] of Object.entries(product.headers)) response.setHeader(name, value)
    response.end(readFileSync(join(built, file)))
  })
  const browser = await launchBrowser()
  const stack = await startLocalStack()
  const client = testClient(stack.api, stack.clickfunnels)
  const tenant = await onceStarted(() => client.createTenant({ origins: [server.url] }))
  const change = { return_urls: [`${server.url}/`] }
  await client.api(`/v1/tenants/${tenant.id}`, { method: 'PATCH', body: change })
  const identityProvider = { issuer: server.url, audience: tenant.id }
  await client.api(`/v1/tenants/${tenant.id}/identity-providers`, { method: 'POST', body: identityProvider })

  const product: Product = {
    browser,
    stack,
    tenant,
    packed: { archive, installed: join(project, 'node_modules/@funnel-connect/client') },
    headers: {},
    openWith: async (page, code) => {
      writeFileSync(join(project, 'main.tsx'), code.replace('https://connect.example.com', stack.api))
      const script = '<script type="module" src="/main.tsx"></script>'
      writeFileSync(
        join(project, 'index.html'),
        `<!doctype html><html lang="en"><title>Product</title><link rel="icon" href="data:,">${script}`,
      )
      // With React for development, in which StrictMode runs effects twice.
      const define = { 'process.env.NODE_ENV': '"development"' }
      await build({ root: project, configFile: false, logLevel: 'error', mode: 'development', define })
      await page.goto(server.url)
    },
    api: async (path, method = 'GET') => {
      const headers = { authorization: `Bearer ${tenant.apiKey}` }
      const response = await fetch(`${stack.api}${path}`, { method, headers })
      return method === 'GET' ? ((await response.json()) as { data: { id: string }[] }).data : []
    },
    disconnectAll: async () => {
      for (const { id } of await product.api('/v1/connections')) {
        await product.api(`/v1/connections/${id}`, 'DELETE')
      }
    },
    breakConnection: async (id) => {
      const look = () => client.api(`/v1/tenants/${tenant.id}/connections/${id}/look`, { method: 'POST' })
      await client.control('POST', 'tokens/revoke', {})
      expect((await look()).json).toMatchObject({ found: 'refused' })
      await ageRefusals(stack)
      expect((await look()).json.connection.problem).toMatchObject({ action: 'reconnect' })
    },
    close: async () => {
      await browser.close()
      await server.close()
      await stack.stop()
      rmSync(project, { recursive: true, force: true })
    },
  }
  return product
}

/** The first calls start the functions. On a busy machine, deadlines pass meanwhile, so it tries again. */
async function onceStarted<T>(call: () => Promise<T>, attempts = 5): Promise<T> {
  try {
    return await call()
  } catch (error) {
    if (attempts === 1) throw error
    await new Promise((resolve) => setTimeout(resolve, 3000))
    return onceStarted(call, attempts - 1)
  }
}
