// The simulator's API: hosts, revoked and expired tokens, lists and their pages, records.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Simulator, startClickFunnels } from '../../infra/local/clickfunnels/simulator.ts'

const NOT_FOUND = { error: 'Not found: Record missing' }

interface Item {
  readonly id: number
  readonly name: string
}

let simulator: Simulator
let workspaceOrigins: string[]
let token: string

beforeAll(async () => {
  simulator = await startClickFunnels({ port: 0 })
  workspaceOrigins = simulator.workspaceHosts.map((host) => `http://${host}`)
})
beforeEach(async () => {
  await control('POST', 'reset')
  token = await newToken('20417')
})
afterAll(() => simulator.close())

function control(method: string, path: string, body?: unknown): Promise<Response> {
  const init = body === undefined ? {} : { body: JSON.stringify(body) }
  return fetch(`${simulator.url}/_control/${path}`, { method, ...init })
}

async function newToken(workspaceId: string): Promise<string> {
  const client = { client_id: 'client-1', client_secret: 'secret-1' }
  const redirect_uri = 'https://saas.example/callback'
  await control('POST', 'applications', { ...client, name: 'Mailer', redirect_uris: [redirect_uri] })
  const post = (path: string, parameters: Record<string, string>) =>
    fetch(`${simulator.url}/oauth/${path}`, {
      method: 'POST',
      body: new URLSearchParams({ redirect_uri, grant_type: 'authorization_code', ...parameters }),
      redirect: 'manual',
    })
  const approved = await post('authorize', {
    client_id: client.client_id,
    response_type: 'code',
    new_installation: 'true',
    workspace_id: workspaceId,
    decision: 'authorize',
  })
  const code = new URL(approved.headers.get('location') ?? '').searchParams.get('code') ?? ''
  const granted = (await (await post('token', { code, ...client })).json()) as { access_token: string }
  return granted.access_token
}

function call(origin: string | undefined, path: string, init: RequestInit = {}): Promise<Response> {
  const headers = { authorization: `Bearer ${token}`, 'user-agent': 'test', ...init.headers }
  return fetch(`${origin}/api/v2/${path}`, { ...init, headers })
}

function send(method: string, path: string, body: unknown): Promise<Response> {
  const headers = { 'content-type': 'application/json' }
  return call(workspaceOrigins[0], path, { method, headers, body: JSON.stringify(body) })
}

async function items(answer: Response): Promise<Item[]> {
  expect(answer.status).toBe(200)
  return answer.json() as Promise<Item[]>
}

describe('who may call', () => {
  it('says in /me which workspace is connected, and leaves blank members out', async () => {
    expect(await (await call(simulator.url, 'me')).json()).toMatchObject({
      first_name: 'Mailer',
      connected_workspace: {
        team_id: 7301,
        team_name: 'Brightwater Media',
        workspace_id: 20417,
        workspace_name: 'Brightwater Coaching',
        workspace_url: workspaceOrigins[0],
        workspace_currency: 'USD',
      },
    })
    token = await newToken('31862')
    const me = (await (await call(simulator.url, 'me')).json()) as { connected_workspace: object }
    expect(me.connected_workspace).not.toHaveProperty('workspace_currency')
  })

  it('answers a revoked or expired token with 401 and says which it is in the challenge', async () => {
    const died = async () => {
      const answer = await call(simulator.url, 'me')
      expect(answer.status).toBe(401)
      return [answer.headers.get('www-authenticate'), await answer.json()]
    }
    const challenge = (how: string) =>
      `Bearer realm="Doorkeeper", error="invalid_token", error_description="The access token ${how}"`
    await control('POST', 'tokens/expire')
    expect(await died()).toEqual([challenge('expired'), { error: 'Invalid token or no user signed in' }])
    await control('POST', 'tokens/revoke')
    expect(await died()).toEqual([challenge('was revoked'), { error: 'Invalid token or no user signed in' }])
    token = 'unknown'
    expect(await died()).toEqual([challenge('is invalid'), { error: 'API key missing or invalid' }])
  })

  it('refuses requests without a User-Agent', async () => {
    const answer = await call(simulator.url, 'me', { headers: { 'user-agent': '' } })
    expect(answer.status).toBe(403)
    expect(answer.headers.get('content-type')).toContain('text/html')
  })
})

describe('hosts', () => {
  it('serves the account on the accounts host only', async () => {
    for (const path of ['me', 'teams', 'users', 'workspaces', 'workspaces/20417']) {
      expect((await call(simulator.url, path)).status).toBe(200)
      const elsewhere = await call(workspaceOrigins[0], path)
      expect([elsewhere.status, await elsewhere.json()]).toEqual([404, NOT_FOUND])
    }
  })

  it('serves the data of a workspace on its own host only', async () => {
    const path = 'workspaces/20417/funnels'
    expect((await call(workspaceOrigins[0], path)).status).toBe(200)
    expect((await call(workspaceOrigins[1], path)).status).toBe(404)
    expect((await call(simulator.url, path)).status).toBe(404)
  })

  it('shows a token nothing of other workspaces', async () => {
    expect((await call(simulator.url, 'workspaces/20418')).status).toBe(404)
    expect((await call(simulator.url, 'teams/7455')).status).toBe(404)
    expect((await call(workspaceOrigins[1], 'workspaces/20418/funnels')).status).toBe(404)
    expect(await items(await call(simulator.url, 'workspaces'))).toMatchObject([{ id: 20417 }])
  })

  it('has no flat list of funnels', async () => {
    expect((await call(workspaceOrigins[0], 'funnels')).status).toBe(404)
  })
})

describe('lists', () => {
  it('come in pages of 20 that the Link header walks to the end', async () => {
    const ids: number[] = []
    let next: string | undefined = `${workspaceOrigins[0]}/api/v2/workspaces/20417/funnels`
    let pages = 0
    while (next !== undefined) {
      const answer: Response = await fetch(next, { headers: { authorization: `Bearer ${token}` } })
      const page = await items(answer)
      ids.push(...page.map((funnel) => funnel.id))
      const cursor = answer.headers.get('pagination-next')
      next = /^<(.+)>; rel="next"$/.exec(answer.headers.get('link') ?? '')?.[1]
      expect(cursor === null).toBe(next === undefined)
      if (cursor !== null) expect(cursor).toBe(String(ids.at(-1)))
      pages += 1
    }
    expect([pages, ids.length, new Set(ids).size]).toEqual([3, 57, 57])
    expect(ids).toEqual([...ids].sort((one, other) => one - other))
  })

  it('keep the other parameters of the query byte for byte in the Link header', async () => {
    const query = 'expand[]=tags&expand%5B%5D=x&after=118200&stable_id=a%2Fb%2520c'
    const answer = await call(workspaceOrigins[0], `workspaces/20417/funnels?${query}`)
    expect(answer.headers.get('link')).toBe(
      `<${workspaceOrigins[0]}/api/v2/workspaces/20417/funnels?expand[]=tags&expand%5B%5D=x&stable_id=a%2Fb%2520c&after=118340>; rel="next"`,
    )
  })

  it('can be sorted in descending order', async () => {
    const path = 'workspaces/20417/funnels?sort_order=desc'
    const first = await items(await call(workspaceOrigins[0], path))
    expect(first[0]?.id).toBe(118_200 + 56 * 7)
    const second = await items(await call(workspaceOrigins[0], `${path}&after=${first.at(-1)?.id}`))
    expect(second[0]?.id).toBe((first.at(-1)?.id ?? 0) - 7)
  })

  it('can be filtered by several values', async () => {
    const filter = 'filter[name]=Spring Launch Webinar,Book Checkout,nothing'
    const found = await items(await call(workspaceOrigins[0], `workspaces/20417/funnels?${filter}`))
    expect(found.map((funnel) => funnel.name)).toEqual(['Spring Launch Webinar', 'Book Checkout'])
  })

  it('are the same again after a reset', async () => {
    const first = await items(await call(workspaceOrigins[0], 'workspaces/20417/contacts'))
    await call(workspaceOrigins[0], 'contacts/904100', { method: 'DELETE' })
    await control('POST', 'reset')
    token = await newToken('20417')
    expect(await items(await call(workspaceOrigins[0], 'workspaces/20417/contacts'))).toEqual(first)
    expect(first[0]).toMatchObject({ id: 904_100, email_address: 'ada.okafor.904100@example.com' })
  })
})

describe('records', () => {
  it('of funnels are created and changed inside their wrapper', async () => {
    const made = await send('POST', 'workspaces/20417/funnels', { funnel: { name: 'New one' } })
    expect(made.status).toBe(201)
    const funnel = (await made.json()) as Item
    expect(funnel).toMatchObject({ workspace_id: 20417, name: 'New one', current_path: '/new-one' })
    const changed = await send('PUT', `funnels/${funnel.id}`, { funnel: { live_mode: true, id: 1 } })
    expect([changed.status, await changed.json()]).toMatchObject([200, { id: funnel.id, live_mode: true }])
    expect(await (await call(workspaceOrigins[0], `funnels/${funnel.id}`)).json()).toMatchObject({
      name: 'New one',
      live_mode: true,
    })
    expect((await call(workspaceOrigins[0], `funnels/${funnel.id}`, { method: 'DELETE' })).status).toBe(404)
  })

  it('of contacts are created, found, changed and deleted', async () => {
    const contact = { email_address: 'new@example.com', first_name: 'New' }
    const made = await send('POST', 'workspaces/20417/contacts', { contact })
    expect(made.status).toBe(201)
    const { id } = (await made.json()) as Item
    expect(
      await items(
        await call(workspaceOrigins[0], 'workspaces/20417/contacts?filter[email_address]=new@example.com'),
      ),
    ).toMatchObject([{ id, ...contact }])
    expect((await send('PATCH', `contacts/${id}`, { contact: { last_name: 'Name' } })).status).toBe(200)
    const gone = await call(workspaceOrigins[0], `contacts/${id}`, { method: 'DELETE' })
    expect([gone.status, await gone.text()]).toEqual([204, ''])
    expect((await call(workspaceOrigins[0], `contacts/${id}`)).status).toBe(404)
  })

  it('are refused without the wrapper or with invalid values', async () => {
    const unwrapped = await send('POST', 'workspaces/20417/contacts', { email_address: 'a@b.example' })
    expect([unwrapped.status, await unwrapped.json()]).toEqual([
      400,
      { error: 'param is missing or the value is empty: contact' },
    ])
    const invalid = await send('POST', 'workspaces/20417/contacts', { contact: { email_address: 'nope' } })
    expect([invalid.status, await invalid.json()]).toEqual([422, { error: 'Email address is invalid' }])
    const blank = await send('POST', 'workspaces/20417/funnels', { funnel: { name: '' } })
    expect([blank.status, await blank.json()]).toEqual([422, { error: "Name can't be blank" }])
  })
})
