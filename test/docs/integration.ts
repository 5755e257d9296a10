// Drives a back end of README.md or docs/integrate.md as its user at a browser. Prints the outcome.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { basename } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { Browser } from '../support/browser.ts'

const RETURN_URL = process.env.RETURN_URL ?? ''
const file = process.argv[2] ?? ''
const backEnd = await import(file)
const user = { id: 'user-1', name: 'user 1' }

/** Goes through all pages; gives the query that the product is called back with. */
async function decide(link: string, decision: 'authorize' | 'deny'): Promise<URLSearchParams> {
  const browser = new Browser()
  let page = await browser.visit(link)
  if (page.url.origin === new URL(link).origin) page = await browser.submit(page)
  page = await browser.submit(page, { decision, workspace_id: '20417' }, { stopBefore: RETURN_URL })
  return new URL(page.headers.get('location') ?? '').searchParams
}

async function connectThroughBackEnd() {
  const mine = await decide(await backEnd.start(user, RETURN_URL), 'authorize')
  const theirs = await decide(await backEnd.start(user, RETURN_URL), 'authorize')
  const stranger = await backEnd
    .finish(theirs, { id: 'user-2' })
    .catch((error: { code: string }) => error.code)
  const { connection } = await backEnd.finish(mine, user)
  const denied = await decide(await backEnd.start(user, RETURN_URL), 'deny')
  const { problem } = await backEnd.finish(denied, user)
  const funnels = await backEnd.funnels(user)
  return { stranger, connected: connection.status, denied: problem, funnels: funnels.length }
}

/** The README's five lines: all that a product has to call. */
async function connectInFiveLines() {
  const { connect_url } = await backEnd.start(user.id, RETURN_URL)
  const returned = Object.fromEntries(await decide(connect_url, 'authorize'))
  const connection = await backEnd.finish(returned, user.id)
  let funnels = 0
  for await (const _ of backEnd.funnels(connection.id)) funnels++
  return { connected: connection.status, funnels }
}

async function connectFromApp() {
  const { id, link } = await backEnd.startForApp(user, RETURN_URL)
  const before = await backEnd.newsForApp(id, user)
  await decide(link, 'authorize')
  return { before, after: await backEnd.newsForApp(id, user) }
}

/** The command line posts the life of a connection to the receiver, and a stranger posts something. */
async function receiveWebhooks() {
  const statuses: number[] = []
  const server = createServer(async (request, response) => {
    const body = await text(request)
    const headers = new Headers(request.headers as Record<string, string>)
    const given = new Request('http://x/hook', { method: 'POST', headers, body })
    const answer: Response = await backEnd.receive(given)
    statuses.push(answer.status)
    response.writeHead(answer.status).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const command = 'infra/cli/tenants.ts events listen --after 0 --forward'.split(' ')
  const listening = spawn(process.execPath, [...command, `http://127.0.0.1:${port}/hook`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const shown = createInterface({ input: listening.stdout })
  for await (const line of shown) if (line.includes('connection.created')) break
  const stranger = await fetch(`http://127.0.0.1:${port}/hook`, { method: 'POST', body: '{}' })
  listening.kill('SIGINT')
  await once(listening, 'exit')
  server.close()
  return { statuses, stranger: stranger.status }
}

const journeys: Readonly<Record<string, () => Promise<unknown>>> = {
  'clickfunnels.ts': connectInFiveLines,
  'back-end.ts': connectThroughBackEnd,
  'app-back-end.ts': connectFromApp,
  'webhook-receiver.ts': receiveWebhooks,
}
const outcome = await journeys[basename(file)]?.()
process.stdout.write(JSON.stringify(outcome))
