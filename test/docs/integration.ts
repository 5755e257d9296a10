// Drives a back end of docs/integrate.md: is its user, and a person at a browser. Prints what came of it.
import { Browser } from '../support/browser.ts'

const RETURN_URL = process.env.RETURN_URL ?? ''
const backEnd = await import(process.argv[2] ?? '')
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

async function connectFromApp() {
  const { id, link } = await backEnd.startForApp(user, RETURN_URL)
  const before = await backEnd.newsForApp(id, user)
  await decide(link, 'authorize')
  return { before, after: await backEnd.newsForApp(id, user) }
}

const outcome = await ('startForApp' in backEnd ? connectFromApp() : connectThroughBackEnd())
process.stdout.write(JSON.stringify(outcome))
