// The simulator's controls: faults, the record of requests, reset, listening and closing.
import { request as httpRequest } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Simulator, startClickFunnels } from '../../infra/local/clickfunnels/simulator.ts'
import { freePorts } from '../support/started.ts'

const DISCOVERY = '/.well-known/oauth-authorization-server'

let simulator: Simulator

beforeAll(async () => {
  simulator = await startClickFunnels({ port: 0 })
})
beforeEach(async () => {
  await control('POST', 'reset')
})
afterAll(() => simulator.close())

function control(method: string, path: string, body?: unknown): Promise<Response> {
  const init = body === undefined ? {} : { body: JSON.stringify(body) }
  return fetch(`${simulator.url}/_control/${path}`, { method, ...init })
}

async function order(fault: unknown, more: Record<string, unknown> = {}): Promise<void> {
  const answer = await control('POST', 'faults', { path: DISCOVERY, fault, ...more })
  expect(answer.status).toBe(201)
  expect(await answer.json()).toEqual({ id: expect.any(Number) })
}

function discover(): Promise<Response> {
  return fetch(`${simulator.url}${DISCOVERY}`)
}

async function requests(query = ''): Promise<Record<string, unknown>[]> {
  const answer = await control('GET', `requests${query}`)
  return ((await answer.json()) as { requests: Record<string, unknown>[] }).requests
}

/** Waits until the simulator has taken a request, so that a hanging one is known to hang. */
async function arrived(): Promise<void> {
  while ((await requests()).length === 0) await new Promise((resolve) => setTimeout(resolve, 2))
}

describe('a fault', () => {
  it('of status answers as ordered, as often as ordered, and is then over', async () => {
    await order({ kind: 'status', status: 429, retry_after: 7 }, { times: 2 })
    const first = await discover()
    expect([first.status, first.headers.get('retry-after'), await first.json()]).toEqual([
      429,
      '7',
      { error: 'Too Many Requests' },
    ])
    expect((await discover()).status).toBe(429)
    expect((await discover()).status).toBe(200)
  })

  it('of status can be a Cloudflare page or carry its own body', async () => {
    await order({ kind: 'status', status: 503, html: true })
    await order({ kind: 'status', status: 403, body: { error: 'Trusted platforms only' } })
    const page = await discover()
    expect([page.status, page.headers.get('content-type')]).toEqual([503, 'text/html; charset=utf-8'])
    expect(await (await discover()).json()).toEqual({ error: 'Trusted platforms only' })
  })

  it('fits a path and what is below it, and a method', async () => {
    await order({ kind: 'status', status: 500 }, { path: '/.well-known', method: 'post' })
    expect((await discover()).status).toBe(200)
    await order({ kind: 'status', status: 500 }, { path: '/.well' })
    expect((await discover()).status).toBe(200)
    await order({ kind: 'status', status: 500 }, { path: '/.well-known' })
    expect((await discover()).status).toBe(500)
  })

  it('of drop destroys the connection', async () => {
    await order({ kind: 'drop' })
    await expect(discover()).rejects.toThrow()
    expect((await discover()).status).toBe(200)
  })

  it('of slow answers late', async () => {
    await order({ kind: 'slow', ms: 20 })
    const began = performance.now()
    expect((await discover()).status).toBe(200)
    expect(performance.now() - began).toBeGreaterThanOrEqual(15)
  })

  it('of hang never answers, until a reset ends it', async () => {
    await order({ kind: 'hang' })
    const hanging = expect(discover()).rejects.toThrow()
    await arrived()
    await control('POST', 'reset')
    await hanging
  })

  it('before the work leaves no trace, after the work loses only the answer', async () => {
    const application = { client_id: 'c', client_secret: 's', redirect_uris: ['https://saas.example/'] }
    await control('POST', 'applications', application)
    const approve = {
      client_id: 'c',
      redirect_uri: 'https://saas.example/',
      response_type: 'code',
      grant_type: 'authorization_code',
      new_installation: 'true',
      workspace_id: '20417',
      decision: 'authorize',
    }
    const post = (path: string, parameters: Record<string, string>) =>
      fetch(`${simulator.url}${path}`, {
        method: 'POST',
        body: new URLSearchParams(parameters),
        redirect: 'manual',
      })
    const approved = await post('/oauth/authorize', approve)
    const code = new URL(approved.headers.get('location') ?? '').searchParams.get('code') ?? ''
    const exchange = () =>
      post('/oauth/token', {
        grant_type: 'authorization_code',
        code,
        redirect_uri: 'https://saas.example/',
        client_id: 'c',
        client_secret: 's',
      })
    const grants = async () => ((await (await control('GET', 'tokens')).json()) as { grants: object }).grants

    await order({ kind: 'status', status: 503 }, { path: '/oauth/token', when: 'before' })
    expect((await exchange()).status).toBe(503)
    expect(await grants()).toEqual({ authorization_code: 0, refresh_token: 0 })
    await order({ kind: 'status', status: 503 }, { path: '/oauth/token', when: 'after' })
    expect((await exchange()).status).toBe(503)
    expect(await grants()).toEqual({ authorization_code: 1, refresh_token: 0 })
  })

  it('of malformed damages a token response in three ways', async () => {
    const spoiled = async (variant: string) => {
      await order({ kind: 'malformed', variant })
      return (await discover()).text()
    }
    await expect(spoiled('json').then(JSON.parse)).rejects.toThrow(SyntaxError)
    expect(JSON.parse(await spoiled('token_type'))).toMatchObject({ token_type: 'mac' })
    expect(JSON.parse(await spoiled('missing_access_token'))).not.toHaveProperty('access_token')
  })

  it('can be removed', async () => {
    await order({ kind: 'status', status: 500 }, { times: 100 })
    expect((await control('DELETE', 'faults')).status).toBe(204)
    expect((await discover()).status).toBe(200)
  })

  it('with a typing error is refused with the name of the member', async () => {
    const answer = await control('POST', 'faults', { path: '/', fault: { kind: 'slow', msec: 1 } })
    expect(answer.status).toBe(400)
    expect(await answer.json()).toEqual({ error: '"msec" is not known here' })
  })
})

describe('the record of requests', () => {
  it('keeps what arrived, newest last, with every byte of path and query', async () => {
    const workspaceHost = simulator.workspaceHosts[1] as string
    const target = '/api/v2/x%2Fy/../z?q=%7e&q=a+b&&r'
    // node:http, because fetch would normalise the path.
    const [hostname, port] = workspaceHost.split(':') as [string, string]
    await new Promise<void>((resolve, reject) => {
      const outgoing = httpRequest({ hostname, port, path: target, method: 'PUT' }, (answer) => {
        answer.resume().on('end', resolve)
      })
      outgoing.on('error', reject).end('{"a":1}')
    })
    await discover()
    expect(await requests()).toMatchObject([
      {
        method: 'PUT',
        host: workspaceHost,
        path: target,
        body_length: 7,
        headers: { connection: 'keep-alive' },
      },
      { method: 'GET', host: new URL(simulator.url).host, path: DISCOVERY, body_length: 0 },
    ])
    expect(await requests('?path=/.well-known')).toHaveLength(1)
  })

  it('names the grant_type of a token request and keeps nothing else of the body', async () => {
    const body = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: 'top-secret' })
    await fetch(`${simulator.url}/oauth/token`, { method: 'POST', body })
    const recorded = await requests('?path=/oauth/token')
    expect(recorded).toMatchObject([{ grant_type: 'refresh_token' }])
    expect(JSON.stringify(recorded)).not.toContain('top-secret')
  })

  it('can be emptied', async () => {
    await discover()
    await control('DELETE', 'requests')
    expect(await requests()).toEqual([])
  })
})

describe('listening', () => {
  it('rejects a taken port with code and port', async () => {
    const port = Number(new URL(simulator.url).port)
    await expect(startClickFunnels({ port })).rejects.toMatchObject({ code: 'EADDRINUSE', port })
  })

  it('serves every workspace at a port of its own of 127.0.0.1, the only loopback address of macOS', async () => {
    const hosts = [new URL(simulator.url).host, ...simulator.workspaceHosts]
    expect(hosts.map((host) => host.split(':')[0])).toEqual(Array(4).fill('127.0.0.1'))
    expect(new Set(hosts).size).toBe(4)
  })

  it('gives the workspaces the ports that it was told', async () => {
    const first = await freePorts()
    const other = await startClickFunnels({ port: 0, workspacePort: first })
    expect(other.workspaceHosts).toEqual([0, 1, 2].map((place) => `127.0.0.1:${first + place}`))
    await other.close()
  })

  it('ends hanging connections at once on close, and no longer listens', async () => {
    const other = await startClickFunnels({ port: 0 })
    const fault = { path: DISCOVERY, fault: { kind: 'hang' } }
    await fetch(`${other.url}/_control/faults`, { method: 'POST', body: JSON.stringify(fault) })
    const hanging = expect(fetch(`${other.url}${DISCOVERY}`)).rejects.toThrow()
    let taken = 0
    while (taken === 0) {
      const answer = await fetch(`${other.url}/_control/requests`)
      taken = ((await answer.json()) as { requests: unknown[] }).requests.length
    }
    const began = performance.now()
    await other.close()
    await hanging
    expect(performance.now() - began).toBeLessThan(1000)
    await expect(fetch(`${other.url}${DISCOVERY}`)).rejects.toThrow()
  })

  it('has no controls on the workspace hosts', async () => {
    const answer = await fetch(`http://${simulator.workspaceHosts[0]}/_control/reset`, { method: 'POST' })
    expect(answer.status).toBe(404)
  })
})
