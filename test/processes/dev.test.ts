// `npm run dev` on a copy of the sources: what is saved is served a moment later, state stays, and breakpoints stop.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { connectInspector } from '../support/inspector.ts'
import { scratchFolder } from '../support/scratch.ts'
import { freePorts, type Started, type StartOptions, startProcess } from '../support/started.ts'
import { copyTree, type TreeCopy } from '../support/tree-copy.ts'

const PROXY = 'functions/proxy.ts'
/** Far more than it takes: the machine may have other things to do. */
const LIMIT = { timeout: 20_000, interval: 20 }

async function startDev(options: StartOptions['options'] = []) {
  const tree = copyTree()
  const service = await startProcess(await freePorts(), scratchFolder(), {
    options: ['--dev', ...options],
    root: tree.root,
  })
  const tenant = await service.createTenant()
  const { id } = (await service.connect(tenant)).json
  return {
    tree,
    service,
    tenant,
    funnels: () => service.api(`/v1/connections/${id}/funnels`, { key: tenant.apiKey }),
  }
}

/** The proxy with a header that says which version of it answers. */
function mark(tree: TreeCopy, version: string): void {
  const original = tree.read(PROXY)
  const marked = `${original.replace('export const handler =', 'const unmarked =')}
export const handler = async (event: never, context: never) => {
  const { headers, ...answer } = (await unmarked(event, context)) as { headers: object }
  return { ...answer, headers: { ...headers, 'x-version': '${version}' } }
}
`
  tree.write(PROXY, marked)
}

const printedAfter = (service: Started, from: number) => service.output().slice(from)

test('a change is served at once and without a synthesis, requests wait for it, and connections stay', async () => {
  const { tree, service, funnels } = await startDev()
  const before = await funnels()
  expect(before).toMatchObject({ status: 200 })
  expect(before.headers.has('x-version')).toBe(false)

  const statuses = new Set<number>()
  const version = async () => {
    const answer = await funnels()
    statuses.add(answer.status)
    return answer.headers.get('x-version')
  }
  const savedAt = performance.now()
  mark(tree, 'one')
  await expect.poll(version, LIMIT).toBe('one')
  const milliseconds = Math.round(performance.now() - savedAt)
  process.stdout.write(`a change of ${PROXY} was served after ${milliseconds} ms\n`)
  expect(statuses).toEqual(new Set([200]))
  expect((await funnels()).text).toBe(before.text)
  expect(service.output()).toContain(`functions loaded after a change of ${PROXY}`)
  expect(service.output()).not.toContain('synthesizing')
})

test('sources that do not load are reported, and the next change is served', async () => {
  const { tree, service, funnels } = await startDev()
  const original = tree.read(PROXY)
  tree.write(PROXY, `${original}\nconst = 3\n`)
  await expect.poll(service.output, LIMIT).toContain(`do not load after a change of ${PROXY}`)
  expect(service.output()).toMatch(/functions\/proxy\.ts:\d+\s+const = 3\s+\^\s+SyntaxError/)
  expect(await funnels()).toMatchObject({ status: 500 })
  tree.write(PROXY, original)
  await expect.poll(async () => (await funnels()).status, LIMIT).toBe(200)
})

test('a change of the stack is synthesized, and connections stay', async () => {
  const { tree, service, funnels } = await startDev()
  const file = 'shared/http/routes.ts'
  const routes = tree.read(file)
  const added = routes.replace(
    /( +)'GET \/v1\/connections':/,
    "$1'GET /v1/added': { function: 'service', access: 'anyone' },\n$&",
  )
  expect(added).not.toBe(routes)
  const [, routesBefore] = /(\d+) routes/.exec(service.output()) ?? []
  const from = service.output().length
  tree.write(file, added)
  await expect
    .poll(() => printedAfter(service, from), { ...LIMIT, timeout: 60_000 })
    .toContain(`functions loaded after a change of ${file}`)
  expect(printedAfter(service, from)).toContain('templates synthesized')
  expect(printedAfter(service, from)).toContain(`${Number(routesBefore) + 1} routes`)
  expect(await funnels()).toMatchObject({ status: 200 })
})

test('a breakpoint in a function stops, and a change while it stands there is served', async () => {
  const { tree, service, tenant, funnels } = await startDev(['--inspect=0'])
  const inspector = await connectInspector(debuggerUrl(service.output()))
  await inspector.call('Debugger.enable')
  const url = pathToFileURL(join(tree.root, PROXY)).href
  const lines = tree.read(PROXY).split('\n')
  const lineNumber = lines.findIndex((line) => line.includes("'GET /v1/connections/{id}/funnels'")) + 1
  const { locations } = await inspector.call('Debugger.setBreakpointByUrl', { url, lineNumber })
  expect(locations).toMatchObject([{ lineNumber }])

  const stopped = inspector.event('Debugger.paused')
  const answer = funnels()
  const { callFrames } = await stopped
  expect(callFrames[0]).toMatchObject({ location: { scriptId: locations[0].scriptId, lineNumber } })
  const { callFrameId } = callFrames[0]
  const expression = { callFrameId, expression: 'caller.tenant.id' }
  const { result } = await inspector.call('Debugger.evaluateOnCallFrame', expression)
  expect(result.value).toBe(tenant.id)
  await inspector.call('Debugger.resume')
  expect(await answer).toMatchObject({ status: 200 })

  const stoppedAgain = inspector.event('Debugger.paused')
  const lost = funnels()
  await stoppedAgain
  const from = service.output().length
  mark(tree, 'one')
  await expect.poll(() => printedAfter(service, from), LIMIT).toContain('functions loaded after a change')
  expect(await lost).toMatchObject({ status: 500 })
  expect((await funnels()).headers.get('x-version')).toBe('one')
  await connectInspector(debuggerUrl(printedAfter(service, from)))
})

function debuggerUrl(output: string): string {
  return /^Debugger listening on (ws:\S+)$/m.exec(output)?.[1] ?? ''
}
