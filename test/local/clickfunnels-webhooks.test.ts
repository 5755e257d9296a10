// The simulator's outgoing webhooks: their API, the list of events, and how events are signed, repeated and spoilt on demand.
import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { type Simulator, startClickFunnels } from '../../infra/local/clickfunnels/simulator.ts'
import { listenOnLoopback, readBody } from '../../infra/local/loopback-server.ts'

const WORKSPACE = 20417
const TYPE = 'contact.identified'
const REDIRECT = 'https://saas.example/callback'
const CLIENT = { client_id: 'client-1', client_secret: 'secret-1' }

let simulator: Simulator
let host: string
let token: string

beforeAll(async () => {
  simulator = await startClickFunnels({ port: 0 })
})
beforeEach(async () => {
  await control('POST', 'reset')
  host = `http://${simulator.workspaceHosts[0]}`
  token = await newToken()
})
afterAll(() => simulator.close())

// biome-ignore lint/suspicious/noExplicitAny: tests say by their assertions what they expect
async function control(method: string, path: string, body?: object): Promise<any> {
  const answer = await fetch(`${simulator.url}/_control/${path}`, {
    method,
    ...(body && { body: JSON.stringify(body) }),
  })
  return answer.status === 204 ? undefined : answer.json()
}

async function newToken(): Promise<string> {
  await control('POST', 'applications', { ...CLIENT, name: 'Mailer', redirect_uris: [REDIRECT] })
  const post = (path: string, parameters: Record<string, string>) =>
    fetch(`${simulator.url}/oauth/${path}`, {
      method: 'POST',
      body: new URLSearchParams({ redirect_uri: REDIRECT, grant_type: 'authorization_code', ...parameters }),
      redirect: 'manual',
    })
  const approved = await post('authorize', {
    ...{ client_id: CLIENT.client_id, response_type: 'code', new_installation: 'true' },
    ...{ workspace_id: String(WORKSPACE), decision: 'authorize' },
  })
  const code = new URL(approved.headers.get('location') ?? '').searchParams.get('code') ?? ''
  return ((await (await post('token', { code, ...CLIENT })).json()) as { access_token: string }).access_token
}

async function call(method: string, path: string, endpoint?: object, origin = host) {
  const headers = {
    authorization: `Bearer ${token}`,
    'user-agent': 'test',
    'content-type': 'application/json',
  }
  const body = endpoint && JSON.stringify({ webhooks_outgoing_endpoint: endpoint })
  const answer = await fetch(`${origin}/api/v2/${path}`, { method, headers, ...(body && { body }) })
  const text = await answer.text()
  return { status: answer.status, json: text === '' ? undefined : JSON.parse(text), headers: answer.headers }
}
const LIST = `workspaces/${WORKSPACE}/webhooks/outgoing/endpoints`
const create = (more: object = {}) =>
  call('POST', LIST, { url: 'https://x.example/in', name: 'Mine', event_type_ids: [TYPE], ...more })

/** Receives deliveries. It answers with the statuses in turn, and then with the last one. */
async function receiver(...statuses: number[]) {
  const received: { body: string; timestamp: string; signature: string }[] = []
  const server = await listenOnLoopback(0, async (request, response) => {
    const body = String(await readBody(request, 100_000))
    const header = (name: string) => String(request.headers[`x-webhook-clickfunnels-${name}`])
    received.push({ body, timestamp: header('timestamp'), signature: header('signature') })
    response.writeHead(statuses[Math.min(received.length, statuses.length) - 1] ?? 200).end()
  })
  onTestFinished(server.close)
  return { received, url: `${server.url}/in` }
}
const eventually = (check: () => void) => vi.waitFor(check, { timeout: 8000, interval: 20 })

describe('endpoints', () => {
  test('show their secret once, when they are created', async () => {
    const created = await create()
    expect(created).toMatchObject({
      status: 201,
      json: { workspace_id: WORKSPACE, url: 'https://x.example/in', name: 'Mine', event_type_ids: [TYPE] },
    })
    expect(created.json.webhook_secret).toMatch(/^[0-9a-f]{64}$/)
    const { id } = created.json
    for (const shown of [
      (await call('GET', LIST)).json[0],
      (await call('GET', `webhooks/outgoing/endpoints/${id}`)).json,
    ]) {
      expect(shown).toMatchObject({ id, url: 'https://x.example/in' })
      expect(shown).not.toHaveProperty('webhook_secret')
    }
  })

  test('are changed, arrays being replaced, and deleted', async () => {
    const { id } = (await create({ event_type_ids: [TYPE, 'order.created'] })).json
    const path = `webhooks/outgoing/endpoints/${id}`
    const changed = await call('PUT', path, { event_type_ids: ['order.created'] })
    expect(changed).toMatchObject({
      status: 200,
      json: { id, url: 'https://x.example/in', event_type_ids: ['order.created'] },
    })
    expect(changed.json).not.toHaveProperty('webhook_secret')
    expect((await call('DELETE', path)).status).toBe(204)
    expect((await call('GET', path)).status).toBe(404)
    expect((await call('DELETE', path)).status).toBe(404)
  })

  test('refuse a body that is not wrapped, a URL that is none and a type that nobody knows', async () => {
    expect((await call('POST', LIST)).status).toBe(400)
    expect(await create({ url: 'nowhere' })).toMatchObject({ status: 422, json: { error: 'Url is invalid' } })
    expect((await create({ event_type_ids: ['no.such'] })).status).toBe(422)
  })

  test('belong to one workspace and its host, and outlive the token that created them', async () => {
    const { id } = (await create()).json
    expect((await call('POST', LIST.replace('20417', '20418'), { url: 'https://x.example' })).status).toBe(
      404,
    )
    expect((await call('GET', LIST, undefined, simulator.url)).status).toBe(404)
    await control('POST', 'tokens/revoke')
    expect((await call('GET', LIST)).status).toBe(401)
    expect((await control('GET', 'endpoints')).endpoints).toMatchObject([{ id }])
    token = await newToken()
    expect((await call('DELETE', `webhooks/outgoing/endpoints/${id}`)).status).toBe(204)
  })

  test('name the types that there are', async () => {
    const types = (await call('GET', 'webhooks/outgoing/event_types')).json.map(
      ({ id }: { id: string }) => id,
    )
    expect(types).toEqual(expect.arrayContaining([TYPE, 'platform_application.disconnected']))
  })
})

describe('events', () => {
  const happen = (more: object = {}) =>
    control('POST', 'events', { workspace_id: WORKSPACE, type: TYPE, ...more })

  test('exist only for types that an endpoint has; one without types gets all of them', async () => {
    expect((await happen()).events).toEqual([])
    await create({ event_type_ids: ['order.created'] })
    expect((await happen()).events).toEqual([])
    await create({ event_type_ids: [] })
    expect((await happen()).events).toHaveLength(1)
  })

  test('are listed with ascending ids, 20 a page, after a cursor', async () => {
    await create()
    const { events } = await happen({ count: 25, trap: 'drop' })
    const ids = events.map(({ id }: { id: number }) => id)
    const path = `workspaces/${WORKSPACE}/webhooks/outgoing/events`
    const first = await call('GET', path)
    expect(first.json.map(({ id }: { id: number }) => id)).toEqual(ids.slice(0, 20))
    const rest = await call('GET', `${path}?after=${first.headers.get('pagination-next')}`)
    expect(rest.json.map(({ id }: { id: number }) => id)).toEqual(ids.slice(20))
    expect(rest.json[0]).toMatchObject({
      event_type_id: TYPE,
      uuid: expect.stringMatching(/-/),
      workspace_id: WORKSPACE,
    })
  })

  test("are signed over time and body with the secret's text, to every endpoint with the same id", async () => {
    const [one, other] = [await receiver(200), await receiver(200)]
    const secrets = [(await create({ url: one.url })).json, (await create({ url: other.url })).json].map(
      ({ webhook_secret }) => webhook_secret,
    )
    const { events } = await happen()
    await eventually(() => expect([...one.received, ...other.received]).toHaveLength(2))
    for (const [place, { received }] of [one, other].entries()) {
      const [{ body, timestamp, signature } = { body: '', timestamp: '', signature: '' }] = received
      const mac = createHmac('sha256', secrets[place]).update(`${timestamp}.${body}`).digest('hex')
      expect(signature).toBe(mac)
      expect(Math.abs(Number(timestamp) - Date.now() / 1000)).toBeLessThan(60)
      expect(JSON.parse(body)).toMatchObject({
        ...{
          event_id: events[0].event_id,
          event_type: TYPE,
          workspace_id: WORKSPACE,
          subject_type: 'Contact',
        },
      })
    }
  })

  test('are repeated after every status that is no success, redirects and 410 included, but not after 226', async () => {
    const [failing, content] = [await receiver(410, 200), await receiver(226)]
    await create({ url: failing.url })
    await create({ url: content.url })
    await happen()
    await eventually(() => expect(failing.received).toHaveLength(2))
    expect(failing.received[0]?.body).toBe(failing.received[1]?.body)
    expect(content.received).toHaveLength(1)
  })

  test.each([
    ['drop', 0],
    ['twice', 2],
    ['late', 1],
    ['wrong_secret', 1],
    ['old_timestamp', 1],
  ])('with the trap "%s" are delivered %i times', async (trap, times) => {
    const { received, url } = await receiver(200)
    const { webhook_secret } = (await create({ url })).json
    await happen({ trap })
    await vi.waitFor(async () => expect((await control('GET', 'deliveries')).under_way).toBe(0), {
      timeout: 5000,
    })
    expect(received).toHaveLength(times)
    for (const { body, timestamp, signature } of received) {
      const mac = createHmac('sha256', webhook_secret).update(`${timestamp}.${body}`).digest('hex')
      expect(signature === mac).toBe(trap !== 'wrong_secret')
      expect(Date.now() / 1000 - Number(timestamp) > 600).toBe(trap === 'old_timestamp')
    }
  })

  test('a user who disconnects the app ends its tokens of the workspace, and ClickFunnels reports it', async () => {
    const { received, url } = await receiver(200)
    await create({ url, event_type_ids: ['platform_application.disconnected'] })
    await control('POST', 'installations/revoke', { client_id: CLIENT.client_id, workspace_id: WORKSPACE })
    await eventually(() => expect(received).toHaveLength(1))
    expect(JSON.parse(received[0]?.body ?? '')).toMatchObject({
      event_type: 'platform_application.disconnected',
      data: { uid: CLIENT.client_id, name: 'Mailer' },
    })
    expect((await call('GET', LIST)).status).toBe(401)
  })
})
